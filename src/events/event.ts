import { type CallbackTarget, queueCallbacks } from '../callbacks/index.ts';
import { toTimestamp } from '../runtime/clock.ts';
import type { Context } from '../runtime/context.ts';
import { type EventRow, encodeJson, type Tx } from '../storage/index.ts';
import { insertEvent, insertMentions } from './event.store.ts';

/** The events of conversations-semantics section 11; PARTICIPANT_REMOVED is one of them that nothing here causes. */
export type EventType = EventRow['type'];

/** Something that happened in a conversation. */
export interface ConversationEvent {
  readonly accountId: string;
  readonly conversationId: string;
  readonly type: EventType;
  /** The resource as GET answers it. */
  readonly data: object;
  /** The profiles that `data` names as `profileId`, each once: by these erasure finds the event. */
  readonly profileIds: readonly string[];
  /** The status callbacks of the conversation. */
  readonly callbacks: readonly CallbackTarget[];
}

export type EventContext = Pick<Context, 'db' | 'clock' | 'ids' | 'jobs' | 'eventBell'> & {
  /** Of the API request that causes the event. */
  readonly requestId?: string;
};

/**
 * Records an event and queues it for the conversation's callbacks, in the transaction of the change that it tells of. That
 * transaction holds `conversation:<id>`, or has created the conversation: the order in which events of one conversation are
 * recorded is then the order in which they go out.
 */
export async function recordEvent(tx: Tx, context: EventContext, event: ConversationEvent): Promise<void> {
  const { accountId, conversationId, type, data, profileIds, callbacks } = event;
  const now = context.clock.now();
  const position = await insertEvent(tx, {
    account_id: accountId,
    conversation_id: conversationId,
    id: context.ids.next('event'),
    type,
    body_json: encodeJson({ eventType: type, timestamp: toTimestamp(now), data }),
    request_id: context.requestId ?? null,
    created_at: now,
  });
  await insertMentions(
    tx,
    profileIds.map((profile_id) => ({
      account_id: accountId,
      conversation_id: conversationId,
      event_position: position,
      profile_id,
    })),
  );
  await queueCallbacks(tx, context, { accountId, conversationId, position, targets: callbacks });
  context.db.afterCommit(tx, () => context.eventBell.ring(accountId));
}
