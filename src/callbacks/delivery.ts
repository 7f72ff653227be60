import { createHash } from 'node:crypto';
import type { Context } from '../runtime/context.ts';
import type { CallbackDeliveryRow, Tx } from '../storage/index.ts';
import { deliverCallbacks, deliveryJobKey } from './delivery.jobs.ts';
import {
  type DeliveryRef,
  deleteWaiting,
  findWaitingUrl,
  insertDeliveries,
  listDeadTargets,
  listStranded,
  listWaitingTargets,
  reviveDead,
} from './delivery.store.ts';

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

type ConversationRef = Omit<DeliveryRef, 'target'>;

/** The lock of whoever writes to a conversation, and so records its events; here, of whoever decides that none waits. */
export function conversationLock(conversationId: string): string {
  return `conversation:${conversationId}`;
}

/**
 * Queues an event for each of its targets, in the transaction that records the event. That transaction holds
 * `conversation:<id>`, or has created the conversation: the worker decides under that lock that nothing waits any more.
 */
export async function queueCallbacks(
  tx: Tx,
  context: Pick<Context, 'clock' | 'ids' | 'jobs'>,
  event: CallbackEvent,
): Promise<void> {
  const { accountId, conversationId } = event;
  const byTarget = new Map(event.targets.map((target) => [targetKey(target), target]));
  if (byTarget.size === 0) return;
  await insertDeliveries(
    tx,
    [...byTarget].map(([key, target]) => newDelivery(context, event, key, target)),
  );
  for (const [target, { url }] of byTarget) {
    // One that is there looks for more before it ends, and keeps its place and time.
    await enqueueDelivery(tx, context, { accountId, conversationId, target, url }, { ifLive: 'keep' });
  }
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

/** Enqueues the one job of a conversation and target; due now unless said otherwise. */
export async function enqueueDelivery(
  tx: Tx,
  { jobs }: Pick<Context, 'jobs'>,
  { accountId, conversationId, target, url }: DeliveryRef & { url: string },
  options: { readonly dueAtMs?: number; readonly ifLive?: 'keep' } = {},
): Promise<void> {
  await jobs.enqueue(
    tx,
    deliverCallbacks,
    { conversationId, target },
    {
      ...options,
      accountId,
      dedupeKey: deliveryJobKey(conversationId, target),
      // One receiver gets its share of the lane, whatever the conversation and path.
      groupKey: `${accountId} ${originOf(url)}`,
    },
  );
}

/** Enqueues the job when anything waits. */
export async function enqueueWaiting(
  tx: Tx,
  context: Pick<Context, 'jobs'>,
  ref: DeliveryRef,
): Promise<void> {
  const url = await findWaitingUrl(tx, ref);
  if (url !== undefined) await enqueueDelivery(tx, context, { ...ref, url }, { ifLive: 'keep' });
}

/**
 * Takes back what waits for targets that the conversation no longer has, and their jobs; one that is on the wire now cannot
 * be. The caller holds the conversation.
 */
export async function dropCallbacks(
  tx: Tx,
  { jobs }: Pick<Context, 'jobs'>,
  ref: ConversationRef,
  { except }: { except: readonly CallbackTarget[] },
): Promise<void> {
  const kept = new Set(except.map(targetKey));
  const dropped = (await listWaitingTargets(tx, ref)).filter((target) => !kept.has(target));
  // Jobs first: in this order a run takes the two as well.
  for (const target of dropped) await jobs.cancel(tx, deliveryJobKey(ref.conversationId, target));
  for (const target of dropped) await deleteWaiting(tx, { ...ref, target });
}

/**
 * Dead letters wait again, at their place in the order and with all of their attempts: the one with the id, or all of them,
 * or those of an account. Answers how many.
 */
export async function replayCallbacks(
  context: Pick<Context, 'db' | 'clock' | 'jobs'>,
  which: { readonly accountId?: string | undefined; readonly id?: string | undefined },
): Promise<number> {
  const { db, clock } = context;
  let replayed = 0;
  for (const ref of await listDeadTargets(db.reader, which)) {
    replayed += await db.transaction(async (tx) => {
      await db.lock(tx, conversationLock(ref.conversationId));
      // The job of what waits already may be minutes away.
      await enqueueDelivery(tx, context, ref);
      return reviveDead(tx, ref, { id: which.id, nowMs: clock.now() });
    });
  }
  return replayed;
}

/** Gives what waits without a job one. Nothing should; this is for a job that somebody deleted. */
export async function enqueueStranded(context: Pick<Context, 'db' | 'jobs'>): Promise<void> {
  const { db } = context;
  for (const ref of await listStranded(db.reader)) {
    await db.transaction(async (tx) => {
      await db.lock(tx, conversationLock(ref.conversationId));
      await enqueueWaiting(tx, context, ref);
    });
  }
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
