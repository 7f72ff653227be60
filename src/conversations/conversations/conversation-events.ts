import { type ConversationEvent, recordEvent } from '../../events/index.ts';
import type { Tx } from '../../storage/index.ts';
import { toAgentConnectForm } from '../agent-connect.ts';
import { type Participant, toParticipantWire } from '../participants/index.ts';
import { toWire } from './conversation.wire.ts';
import type { ConversationContext, ConversationState } from './conversation-state.ts';

/**
 * Tells the event stream, and the status callbacks that the conversation has now, what happened in it
 * (conversations-semantics section 11). `data` is the resource as GET answers it, `profileIds` are those that it names. The
 * caller holds the conversation.
 */
export async function emitEvent(
  tx: Tx,
  context: ConversationContext,
  { row, configuration }: ConversationState,
  { type, data, profileIds = [] }: Pick<ConversationEvent, 'type' | 'data'> & { profileIds?: string[] },
): Promise<void> {
  await recordEvent(tx, context, {
    accountId: row.account_id,
    conversationId: row.id,
    type,
    data: context.isAgentConnectCompatible ? toAgentConnectForm(data) : data,
    profileIds,
    callbacks: configuration.statusCallbacks,
  });
}

export async function emitConversation(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  type: 'CONVERSATION_CREATED' | 'CONVERSATION_UPDATED',
): Promise<void> {
  await emitEvent(tx, context, state, {
    type,
    data: toWire(state),
    profileIds: profilesOf(state.participants),
  });
}

/** One event for each of the participants. */
export async function emitParticipants(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  type: 'PARTICIPANT_ADDED' | 'PARTICIPANT_UPDATED',
  participants: readonly Participant[],
): Promise<void> {
  for (const participant of participants) {
    await emitEvent(tx, context, state, {
      type,
      data: toParticipantWire(participant),
      profileIds: profilesOf([participant]),
    });
  }
}

function profilesOf(participants: readonly Participant[]): string[] {
  return [...new Set(participants.flatMap(({ profileId }) => profileId ?? []))];
}
