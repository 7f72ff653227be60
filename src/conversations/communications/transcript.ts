import type { Reader, Tx } from '../../storage/index.ts';
import { type ConversationRef, findConversation, updateExtractedThrough } from '../conversations/index.ts';
import { nameOf, type Participant } from '../participants/index.ts';
import { type Communication, listCommunicationsInOrder } from './communication.store.ts';

/** A conversation as extraction reads it. Times in milliseconds. */
export interface Transcript {
  readonly conversation: {
    readonly id: string;
    readonly accountId: string;
    readonly status: 'ACTIVE' | 'INACTIVE' | 'CLOSED';
    readonly name: string | null;
    readonly createdAt: number;
    /** The store of the pinned configuration; it may be gone. */
    readonly memoryStoreId: string;
    /** Whether the pinned configuration lets conversations be taken into memory. */
    readonly isExtractionEnabled: boolean;
    /** Id of the last communication that was taken in; ids sort by when they were recorded. */
    readonly extractedThrough: string | undefined;
  };
  readonly participants: readonly TranscriptParticipant[];
  /** Oldest first by when they happened. */
  readonly communications: readonly TranscriptCommunication[];
}

export interface TranscriptParticipant extends Pick<Participant, 'id' | 'type' | 'profileId' | 'addresses'> {
  readonly name: string;
}

export interface TranscriptCommunication {
  readonly id: string;
  readonly authorParticipantId: string;
  readonly authorName: string;
  readonly authorType: Participant['type'];
  readonly text: string;
  readonly channel: string;
  readonly occurredAt: number;
  readonly createdAt: number;
}

/** Everything said in a conversation; undefined when the account has no such conversation. */
export async function getTranscript(
  reader: Reader,
  accountId: string,
  conversationId: string,
): Promise<Transcript | undefined> {
  const ref = { accountId, conversationId };
  const state = await findConversation(reader, ref);
  if (!state) return undefined;
  const { row, configuration, participants } = state;
  const byId = new Map(participants.map((participant) => [participant.id, participant]));
  const communications = await listCommunicationsInOrder(reader, ref);
  return {
    conversation: {
      id: row.id,
      accountId,
      status: row.status,
      name: row.name,
      createdAt: row.created_at,
      memoryStoreId: configuration.memoryStoreId,
      isExtractionEnabled: configuration.memoryExtractionEnabled,
      extractedThrough: row.extracted_through ?? undefined,
    },
    participants: participants.map((participant) => ({
      id: participant.id,
      name: nameOf(participant),
      type: participant.type,
      profileId: participant.profileId,
      addresses: participant.addresses,
    })),
    communications: communications.map((communication) =>
      toTranscriptCommunication(communication, byId.get(communication.author.participantId)),
    ),
  };
}

/**
 * Records that extraction has taken in everything through a communication. A compare-and-set: false when another run was
 * first, and then the caller's own results must not be written.
 */
export async function markExtracted(
  tx: Tx,
  mark: ConversationRef & { readonly from: string | undefined; readonly through: string },
): Promise<boolean> {
  return updateExtractedThrough(tx, mark);
}

function toTranscriptCommunication(
  { id, author, content, occurredAt, createdAt }: Communication,
  participant: Participant | undefined,
): TranscriptCommunication {
  return {
    id,
    authorParticipantId: author.participantId,
    authorName: participant ? nameOf(participant) : author.address,
    authorType: participant?.type ?? 'UNKNOWN',
    text: content.text,
    channel: author.channel,
    occurredAt,
    createdAt,
  };
}
