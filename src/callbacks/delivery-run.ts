import { backoffMs, type JobRun } from '../jobs/index.ts';
import type { Context } from '../runtime/context.ts';
import type { Tx } from '../storage/index.ts';
import { createCallbackRequest } from './callback-request.ts';
import {
  type DeliveryRef,
  deleteDelivery,
  findNextDelivery,
  type NextDelivery,
  updateDelivery,
} from './delivery.store.ts';
import { conversationLock, enqueueDelivery, enqueueWaiting } from './delivery.ts';
import type { CallbackSender } from './sender.ts';
import { parseTargetUrl } from './target-url.ts';
import { judge, retryDelaysMs, type Verdict } from './verdict.ts';

export type DeliveryContext = Pick<Context, 'db' | 'clock' | 'jobs' | 'log' | 'signingTokens'>;

export interface DeliveryOptions {
  readonly sender: CallbackSender;
  /** For the `User-Agent` header. */
  readonly version: string;
  /** Between 0 and 1: spreads retries. */
  readonly random: () => number;
  /** Hears what came of each attempt, once it is committed. */
  readonly onAttempt: (outcome: Verdict['kind']) => void;
}

/** A run makes room for others after so many deliveries, or so much time. */
const deliveriesPerRun = 50;
const runMs = 20_000;
/** Runs that may come to no end, by crashes or a failing database, before the delivery in front is taken for the cause. */
const endlessRunsMax = 20;

/**
 * Brings what waits for the target there, one after the other: none is tried before the one in front of it was delivered or
 * became a dead letter. Leaves no job when nothing waits any more, else one that is due at the next attempt, or now.
 */
export async function deliverInOrder(
  context: DeliveryContext,
  options: DeliveryOptions,
  ref: DeliveryRef,
  run: JobRun,
): Promise<void> {
  const { db, clock } = context;
  const lock = [conversationLock(ref.conversationId)];
  const stopAtMs = clock.wallNow() + runMs;
  for (let count = 0; count < deliveriesPerRun && clock.wallNow() < stopAtMs; count += 1) {
    const next = await findNextDelivery(db.reader, ref);
    if (!next) break;
    const verdict = await attempt(context, options, next, run);
    if (verdict.kind === 'again') {
      await run.finish((tx) => putOff(tx, context, options, next, verdict), lock);
      return report(context, options, next, verdict);
    }
    await run.commit((tx) => settle(tx, context, next, verdict));
    report(context, options, next, verdict);
    // Those behind it get a job, and runs, of their own.
    if (isEndless(run)) break;
  }
  await run.finish((tx) => enqueueWaiting(tx, context, ref), lock);
}

function isEndless({ attempt }: Pick<JobRun, 'attempt'>): boolean {
  return attempt > endlessRunsMax;
}

async function attempt(
  { clock, signingTokens }: DeliveryContext,
  { sender, version }: DeliveryOptions,
  next: NextDelivery,
  run: Pick<JobRun, 'attempt' | 'signal'>,
): Promise<Verdict> {
  if (isEndless(run)) return { kind: 'dead', reason: 'no attempt came to an end' };
  const target = parseTargetUrl(next.url);
  if (!target) return { kind: 'dead', reason: 'the URL cannot be used' };
  if (next.body_json === null) return { kind: 'dead', reason: 'the event is gone' };
  const event = {
    body: next.body_json,
    idempotencyToken: next.id,
    requestId: next.request_id ?? next.event_id ?? next.id,
  };
  const signing = {
    token: await signingTokens.ensure(next.account_id),
    userAgent: `Rapport/${version}`,
  };
  const request = createCallbackRequest(target, next.method, event, signing);
  return judge(await sender.send(request, run.signal), next.attempts + 1, clock.wallNow());
}

/** What is delivered is done with; a dead letter stays, and holds up nothing. */
async function settle(
  tx: Tx,
  { clock }: Pick<Context, 'clock'>,
  next: NextDelivery,
  verdict: Exclude<Verdict, { kind: 'again' }>,
): Promise<void> {
  if (verdict.kind === 'delivered') return deleteDelivery(tx, next);
  await updateDelivery(tx, next, {
    state: 'dead',
    attempts: next.attempts + 1,
    last_error: verdict.reason,
    updated_at: clock.now(),
  });
}

/** The next attempt is made by another run, and everything behind it waits for that one. */
async function putOff(
  tx: Tx,
  context: Pick<Context, 'clock' | 'jobs'>,
  { random }: Pick<DeliveryOptions, 'random'>,
  next: NextDelivery,
  { reason, retryAfterMs }: Extract<Verdict, { kind: 'again' }>,
): Promise<void> {
  const now = context.clock.now();
  const attempts = next.attempts + 1;
  await updateDelivery(tx, next, { state: 'waiting', attempts, last_error: reason, updated_at: now });
  const delayMs = Math.max(backoffMs(attempts, random(), retryDelaysMs), retryAfterMs);
  const ref = {
    accountId: next.account_id,
    conversationId: next.conversation_id,
    target: next.target,
    url: next.url,
  };
  await enqueueDelivery(tx, context, ref, { dueAtMs: now + delayMs });
}

function report(
  { log }: Pick<Context, 'log'>,
  { onAttempt }: Pick<DeliveryOptions, 'onAttempt'>,
  { id: deliveryId, conversation_id: conversationId, url, attempts }: NextDelivery,
  verdict: Verdict,
): void {
  onAttempt(verdict.kind);
  if (verdict.kind === 'delivered') return;
  const host = parseTargetUrl(url)?.authority;
  log.warn(
    { conversationId, deliveryId, host, attempt: attempts + 1, reason: verdict.reason },
    verdict.kind === 'again' ? 'callback failed; it will be tried again' : 'callback given up',
  );
}
