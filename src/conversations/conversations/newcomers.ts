import { errors } from '../../errors/index.ts';
import type { Tx } from '../../storage/index.ts';
import {
  assertRoomFor,
  findRepeated,
  insertParticipants,
  type Participant,
  type ParticipantDraft,
  resolveNewcomer,
  toAddresses,
} from '../participants/index.ts';
import type { ConversationRef } from './conversation.store.ts';
import { emitParticipants } from './conversation-events.ts';
import {
  type ConversationContext,
  type ConversationState,
  type OnSharedKey,
  refOf,
  settleParticipants,
} from './conversation-state.ts';

/**
 * Participants for a conversation, with type and profile resolved; the caller stores them. Two with one address are a 400,
 * since neither is there yet for a 409 to name.
 */
export async function draftParticipants(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  drafts: readonly ParticipantDraft[],
): Promise<Participant[]> {
  const repeated = findRepeated(drafts);
  if (repeated !== undefined) {
    throw errors.invalid(`participants.${repeated}.addresses`, 'an address is that of another participant');
  }
  const drafted: Participant[] = [];
  for (const draft of drafts) drafted.push(await draftParticipant(tx, context, state, draft));
  assertRoomFor([...state.participants, ...drafted]);
  return drafted;
}

/** One participant for a conversation, as in `draftParticipants`. */
export async function draftParticipant(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  draft: ParticipantDraft,
): Promise<Participant> {
  const { accountId, conversationId } = refOf(state.row);
  const scope = { accountId, conversationId, memoryStoreId: state.configuration.memoryStoreId };
  const addresses = toAddresses(draft);
  const { type, profileId } = await resolveNewcomer(tx, context, scope, {
    type: draft.type ?? 'UNKNOWN',
    profileId: draft.profileId ?? undefined,
    addresses,
  });
  return newParticipant(context, refOf(state.row), {
    givenName: draft.name ?? '',
    type,
    profileId,
    addresses,
  });
}

/** A participant whose type and profile are settled. */
export function newParticipant(
  { clock, ids }: Pick<ConversationContext, 'clock' | 'ids'>,
  { accountId, conversationId }: ConversationRef,
  members: Pick<Participant, 'givenName' | 'type' | 'profileId' | 'addresses'>,
): Participant {
  const now = clock.now();
  return {
    id: ids.next('participant'),
    conversationId,
    accountId,
    ...members,
    createdAt: now,
    updatedAt: now,
  };
}

/** Lets participants into a conversation that is there already, with all that follows from it. */
export async function admitParticipants(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  newcomers: readonly Participant[],
  onSharedKey: OnSharedKey,
): Promise<ConversationState> {
  if (newcomers.length === 0) return state;
  const participants = [...state.participants, ...newcomers];
  assertRoomFor(participants);
  await insertParticipants(tx, newcomers);
  const settled = await settleParticipants(tx, context, state, participants, onSharedKey);
  await emitParticipants(tx, context, settled, 'PARTICIPANT_ADDED', newcomers);
  return settled;
}
