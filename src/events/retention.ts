import type { Context } from '../runtime/context.ts';
import type { Tx } from '../storage/index.ts';
import { removalKey, removeOldEvents } from './event.jobs.ts';
import {
  deleteDeadDeliveries,
  deleteFreeEvents,
  findOldestEvent,
  listRemovableEvents,
} from './retention.store.ts';

export type RetentionContext = Pick<Context, 'db' | 'clock' | 'jobs' | 'limits'>;

/** Events that go in one transaction. */
const eventsAtOnce = 500;
/** An event may outlive its age by this, so that a busy server removes many at a time. Milliseconds. */
const pauseMs = 60 * 60_000;

/** Looks for old events soon; the job plans itself from then on. `accountId` is what the job is listed under. */
export async function startRetention(context: RetentionContext, accountId: string): Promise<void> {
  const { db, clock } = context;
  await db.transaction((tx) => planRemoval(tx, context, accountId, clock.now()));
}

/**
 * Removes some of the events that are past their age. One that a callback still waits for stays until it is delivered or dead,
 * and a dead one keeps its event for the same age, counted from its last attempt; after that both go.
 */
export async function removeSomeEvents(tx: Tx, context: RetentionContext, accountId: string): Promise<void> {
  const { clock, limits } = context;
  const beforeMs = clock.now() - limits.eventsKeepMs;
  const events = await listRemovableEvents(tx, { beforeMs, max: eventsAtOnce });
  await deleteDeadDeliveries(tx, events);
  await deleteFreeEvents(tx, events);
  const isDone = events.length < eventsAtOnce;
  const dueAtMs = isDone ? await nextRemovalAt(tx, context) : clock.now();
  await planRemoval(tx, context, accountId, dueAtMs);
}

/** When the oldest event comes of age, or one that is recorded right now if there is none; but not at once. */
async function nextRemovalAt(tx: Tx, { clock, limits }: RetentionContext): Promise<number> {
  const now = clock.now();
  const oldest = (await findOldestEvent(tx)) ?? now;
  return Math.max(oldest + limits.eventsKeepMs, now) + pauseMs;
}

async function planRemoval(
  tx: Tx,
  { jobs }: Pick<Context, 'jobs'>,
  accountId: string,
  dueAtMs: number,
): Promise<void> {
  await jobs.enqueue(tx, removeOldEvents, {}, { accountId, dueAtMs, dedupeKey: removalKey });
}
