import type { Transcript, TranscriptCommunication } from '../conversations/index.ts';
import type { Turn } from './extractor.ts';

/** A customer of a conversation, with what was said from their side of it. */
export interface CustomerView {
  readonly profileId: string;
  /** Undefined when all that is known is an address. */
  readonly name: string | undefined;
  readonly turns: readonly Turn[];
}

/**
 * The conversation as seen from each CUSTOMER participant that has a profile (conversations-semantics section 12); one view
 * for a customer who takes part under several addresses.
 */
export function customerViews(transcript: Transcript): CustomerView[] {
  const customers = new Map<string, Set<string>>();
  for (const { id, type, profileId } of transcript.participants) {
    if (type !== 'CUSTOMER' || !profileId) continue;
    customers.set(profileId, (customers.get(profileId) ?? new Set()).add(id));
  }
  return [...customers].map(([profileId, participantIds]) => ({
    profileId,
    name: transcript.participants
      .filter(({ id }) => participantIds.has(id))
      .map(({ name }) => name.trim())
      .find(isPersonName),
    turns: transcript.communications.map((communication, index) =>
      toTurn(transcript, participantIds, communication, index),
    ),
  }));
}

/** Whether extraction has to take the communication in; ids sort by when they were recorded. */
export function isNew({ conversation }: Transcript, { id }: Pick<TranscriptCommunication, 'id'>): boolean {
  return conversation.extractedThrough === undefined || id > conversation.extractedThrough;
}

function toTurn(
  transcript: Transcript,
  participantIds: ReadonlySet<string>,
  communication: TranscriptCommunication,
  index: number,
): Turn {
  const { authorParticipantId, authorType, text, occurredAt } = communication;
  const side = participantIds.has(authorParticipantId)
    ? 'customer'
    : authorType === 'CUSTOMER'
      ? 'other'
      : 'agent';
  return { index, side, text, occurredAt, isNew: isNew(transcript, communication) };
}

/** Addresses and placeholders stand in for names that nobody gave. */
function isPersonName(name: string): boolean {
  return (
    /^\p{L}[\p{L}\p{M}.'’ -]{1,79}$/u.test(name) &&
    !/^(?:customer|user|guest|unknown|anonymous|caller)$/i.test(name)
  );
}
