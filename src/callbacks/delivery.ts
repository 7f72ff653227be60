import { createHash } from 'node:crypto';
import type { Context } from '../runtime/context.ts';
import type { CallbackDeliveryRow, Tx } from '../storage/index.ts';
import { deliverCallbacks, deliveryJobKey } from './delivery.jobs.ts';
import { insertDeliveries } from './delivery.store.ts';

/** Where a conversation's events are sent: a status callback of its settings. */
export interface CallbackTarget {
  readonly url: string;
  readonly method: string;
}

/** An event and where it goes. */
export interface CallbackEvent {
  readonly accountId: string;
  readonly conversationId: string;
  /** Of the event's row. */
  readonly position: number;
  readonly targets: readonly CallbackTarget[];
}

type QueueContext = Pick<Context, 'clock' | 'ids' | 'jobs'>;

/**
 * Queues an event for each of its targets, in the transaction that records the event. That transaction holds
 * `conversation:<id>`, or has created the conversation: the worker decides under that lock that nothing waits any more.
 */
export async function queueCallbacks(tx: Tx, context: QueueContext, event: CallbackEvent): Promise<void> {
  const byTarget = new Map(event.targets.map((target) => [targetKey(target), target]));
  if (byTarget.size === 0) return;
  await insertDeliveries(
    tx,
    [...byTarget].map(([key, target]) => newDelivery(context, event, key, target)),
  );
  for (const [key, { url }] of byTarget) await enqueueDelivery(tx, context, event, { target: key, url });
}

/** Keeps a job that is there, with its due time: it looks for more before it ends. */
async function enqueueDelivery(
  tx: Tx,
  { jobs }: Pick<Context, 'jobs'>,
  { accountId, conversationId }: Pick<CallbackEvent, 'accountId' | 'conversationId'>,
  { target, url }: { target: string; url: string },
): Promise<void> {
  await jobs.enqueue(
    tx,
    deliverCallbacks,
    { conversationId, target },
    {
      accountId,
      dedupeKey: deliveryJobKey(conversationId, target),
      ifLive: 'keep',
      groupKey: `${accountId} ${originOf(url)}`,
    },
  );
}

function newDelivery(
  { clock, ids }: Pick<Context, 'clock' | 'ids'>,
  { accountId, conversationId, position }: CallbackEvent,
  target: string,
  { url, method }: CallbackTarget,
): CallbackDeliveryRow {
  const now = clock.now();
  return {
    account_id: accountId,
    conversation_id: conversationId,
    target,
    event_position: position,
    id: ids.next('callbackDelivery'),
    url,
    method,
    state: 'waiting',
    attempts: 0,
    last_error: null,
    created_at: now,
    updated_at: now,
  };
}

const targetKeyLength = 32;

/** The same for the same method and URL; short, and says nothing of them. */
function targetKey({ url, method }: CallbackTarget): string {
  return createHash('sha256').update(`${method} ${url}`).digest('hex').slice(0, targetKeyLength);
}

/** Scheme, host and port; URLs of one receiver share them. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : '';
}
