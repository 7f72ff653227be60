import { isDeepStrictEqual } from 'node:util';
import { errors } from '../../errors/index.ts';
import type { Page, PageRequest, Reader, Tx } from '../../storage/index.ts';
import {
  admitParticipants,
  assertConversation,
  assertNotClosed,
  type ConversationContext,
  type ConversationRef,
  type ConversationState,
  draftParticipant,
  emitParticipants,
  lockConversation,
  refOf,
  settleParticipants,
} from '../conversations/index.ts';
import { findParticipant, listParticipantPage, updateParticipantRow } from './participant.store.ts';
import { resolveCustomer } from './profile-resolution.ts';
import { findHolder, type Participant, type ParticipantDraft, toAddresses } from './roster.ts';

/** One page of the conversation's participants, newest first; 404 without the conversation. */
export async function listParticipants(
  reader: Reader,
  ref: ConversationRef,
  page: PageRequest,
): Promise<Page<Participant>> {
  await assertConversation(reader, ref);
  return listParticipantPage(reader, ref, page);
}

/** The participant; 404 when it, or the conversation, is not there. */
export async function getParticipant(
  reader: Reader,
  ref: ConversationRef,
  participantId: string,
): Promise<Participant> {
  await assertConversation(reader, ref);
  const participant = await findParticipant(reader, ref, participantId);
  if (!participant) throw errors.notFound('Participant', participantId);
  return participant;
}

/** Adds a participant; 409 when its address is in the conversation already, or would make it the same as another one. */
export async function createParticipant(
  context: ConversationContext,
  ref: ConversationRef,
  draft: ParticipantDraft,
): Promise<Participant> {
  return context.db.transaction(async (tx) => {
    const state = await lockConversation(tx, context, ref);
    assertNotClosed(state);
    assertAddressesFree(state.participants, draft);
    const participant = await draftParticipant(tx, context, state, draft);
    await admitParticipants(tx, context, state, [participant], 'refuse');
    return participant;
  });
}

/**
 * Replaces a participant: what the body leaves out is cleared, but for the name. One that stays as it was is answered as it is.
 * 409 as on creation.
 */
export async function replaceParticipant(
  context: ConversationContext,
  ref: ConversationRef,
  participantId: string,
  draft: ParticipantDraft,
): Promise<Participant> {
  return context.db.transaction(async (tx) => {
    const state = await lockConversation(tx, context, ref);
    const current = state.participants.find(({ id }) => id === participantId);
    if (!current) throw errors.notFound('Participant', participantId);
    assertNotClosed(state);
    const others = state.participants.filter((participant) => participant !== current);
    assertAddressesFree(others, draft);
    const replaced = await replace(tx, context, state, current, draft);
    if (isDeepStrictEqual(replaced, current)) return current;
    const stamped = { ...replaced, updatedAt: context.clock.now() };
    await updateParticipantRow(tx, stamped);
    const participants = state.participants.map((participant) =>
      participant === current ? stamped : participant,
    );
    const settled = await settleParticipants(tx, context, state, participants, 'refuse');
    await emitParticipants(tx, context, settled, 'PARTICIPANT_UPDATED', [stamped]);
    return stamped;
  });
}

async function replace(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  current: Participant,
  draft: ParticipantDraft,
): Promise<Participant> {
  const { type = 'UNKNOWN', profileId, name } = draft;
  const addresses = toAddresses(draft);
  const scope = { ...refOf(state.row), memoryStoreId: state.configuration.memoryStoreId };
  const isResolved = type === 'CUSTOMER' && profileId == null;
  return {
    ...current,
    givenName: name ?? current.givenName,
    type,
    profileId: isResolved ? await resolveCustomer(tx, context, scope, addresses) : (profileId ?? undefined),
    addresses,
  };
}

function assertAddressesFree(participants: readonly Participant[], draft: ParticipantDraft): void {
  const holder = findHolder(participants, toAddresses(draft));
  if (holder)
    throw errors.conflict('addresses: a participant of the conversation has one of them', holder.id);
}
