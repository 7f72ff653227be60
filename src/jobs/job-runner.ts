import { randomUUID } from 'node:crypto';
import type { Static, TSchema } from 'typebox';
import Value from 'typebox/value';
import { ApiError } from '../errors/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type Database, decodeJson, type JobRow, type Tx } from '../storage/index.ts';
import { backoffMs } from './backoff.ts';
import {
  claimDueJobs,
  countRunningJobs,
  deleteLeasedJob,
  findNextDueAt,
  releaseJob,
  releaseLostJobs,
} from './job.store.ts';
import type { Job } from './job.ts';
import type { JobQueue } from './job-queue.ts';
import { type JobRun, LeaseLost } from './job-run.ts';

/** A job with what does it. */
export interface Worker {
  readonly job: Job;
  handle(payload: unknown, run: JobRun): Promise<void>;
}

/** Ties a handler to its job; the payload reaches the handler validated. */
export function worker<Payload extends TSchema>(
  job: Job<Payload>,
  handle: (payload: Static<Payload>, run: JobRun) => Promise<void>,
): Worker {
  return { job, handle: (payload, run) => handle(Value.Parse(job.payload, payload), run) };
}

export interface RunnerOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly queue: JobQueue;
  readonly workers: readonly Worker[];
  /** Jobs that run at once in this process. */
  readonly concurrency: number;
  /** No other process works on this database: at start, whatever counts as running was cut off by a crash. */
  readonly isOnlyRunner: boolean;
  readonly random: () => number;
}

/** A lease outlives the time-out by this, so that a run that ends in time always still holds it. */
const leaseMarginMs = 5000;
/** With a real clock and several processes, jobs enqueued elsewhere are noticed this often. */
const pollMs = 1000;

/**
 * Runs due jobs, earliest first. Wakes when a job is enqueued here, when the next one comes due, and at a slow poll.
 * `isIdle` and `whenIdle` let the virtual clock and tests wait for quiet instead of sleeping.
 */
export class JobRunner {
  readonly #options: RunnerOptions;
  readonly #workers: ReadonlyMap<string, Worker>;
  readonly #running = new Map<string, AbortController>();
  readonly #idleWaiters: ((error?: Error) => void)[] = [];
  #state: 'new' | 'started' | 'stopping' | 'stopped' = 'new';
  #pumping: Promise<void> | undefined;
  #wakeAgain = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#workers = new Map(options.workers.map((worker) => [worker.job.name, worker]));
  }

  /** Takes back what a crash left running, then begins; timers that came due meanwhile run now, in the order of their times. */
  async start(): Promise<void> {
    const { db, clock, queue, isOnlyRunner, log } = this.#options;
    const released = await db.transaction((tx) =>
      releaseLostJobs(tx, { wallNowMs: clock.wallNow(), everything: isOnlyRunner }),
    );
    if (released > 0) log.info({ released }, 'took back jobs that a stopped process left running');
    this.#state = 'started';
    queue.onEnqueued(() => this.wake());
    this.wake();
  }

  /** Looks for due jobs soon. */
  wake(): void {
    if (this.#state !== 'started') return;
    if (this.#pumping) {
      this.#wakeAgain = true;
      return;
    }
    this.#pumping = this.#pump().finally(() => {
      this.#pumping = undefined;
      this.#notifyIdle();
    });
  }

  /** Finishes running jobs, up to `graceMs`; after that they are aborted and run again at the next start. */
  async stop(graceMs: number): Promise<void> {
    if (this.#state === 'new' || this.#state === 'stopped') return;
    this.#state = 'stopping';
    clearTimeout(this.#timer);
    const deadline = setTimeout(() => {
      for (const controller of this.#running.values()) controller.abort(new Error('the server is stopping'));
    }, graceMs);
    await this.#pumping;
    while (this.#running.size > 0)
      await new Promise<void>((resolve) => this.#idleWaiters.push(() => resolve()));
    clearTimeout(deadline);
    this.#state = 'stopped';
  }

  /** Resolves when no job is due or running, in this process or another. */
  async whenIdle(signal?: AbortSignal): Promise<void> {
    while (!(await this.#isIdle())) {
      signal?.throwIfAborted();
      if (this.#state !== 'started') throw new Error('the job runner is stopped');
      this.wake();
      await new Promise<void>((resolve) => {
        this.#idleWaiters.push(() => resolve());
        // Jobs of other processes end without a notice here.
        if (!this.#options.isOnlyRunner) setTimeout(resolve, pollMs / 10).unref();
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }

  async #isIdle(): Promise<boolean> {
    if (this.#pumping || this.#running.size > 0) return false;
    const { db, clock } = this.#options;
    const nextDueAt = await findNextDueAt(db.reader);
    if (nextDueAt !== undefined && nextDueAt <= clock.now()) return false;
    return (await countRunningJobs(db.reader)) === 0;
  }

  async #pump(): Promise<void> {
    const { db, clock, log, concurrency, isOnlyRunner } = this.#options;
    try {
      do {
        this.#wakeAgain = false;
        clearTimeout(this.#timer);
        const free = concurrency - this.#running.size;
        if (free <= 0) return;
        if (!isOnlyRunner) {
          await db.transaction((tx) =>
            releaseLostJobs(tx, { wallNowMs: clock.wallNow(), everything: false }),
          );
        }
        const leaseToken = randomUUID();
        const claimed = await this.#claim(free, leaseToken);
        for (const job of claimed) void this.#run(job, leaseToken);
        if (claimed.length === free) return; // the end of one of them looks for more
      } while (this.#wakeAgain && this.#state === 'started');
      await this.#scheduleNextLook();
    } catch (error) {
      log.error({ err: error }, 'could not look for due jobs; trying again');
      this.#setTimer(pollMs);
    }
  }

  async #claim(count: number, leaseToken: string): Promise<JobRow[]> {
    const { db, clock } = this.#options;
    const nextDueAt = await findNextDueAt(db.reader);
    if (nextDueAt === undefined || nextDueAt > clock.now()) return [];
    const longestTimeoutMs = Math.max(...this.#options.workers.map((worker) => worker.job.timeoutMs));
    return db.transaction((tx) =>
      claimDueJobs(db, tx, {
        nowMs: clock.now(),
        count,
        leaseToken,
        leaseUntilMs: clock.wallNow() + longestTimeoutMs + leaseMarginMs,
      }),
    );
  }

  async #scheduleNextLook(): Promise<void> {
    const { db, clock, isOnlyRunner } = this.#options;
    const nextDueAt = await findNextDueAt(db.reader);
    const untilDueMs = nextDueAt === undefined ? Number.POSITIVE_INFINITY : nextDueAt - clock.now();
    const waitMs = isOnlyRunner ? untilDueMs : Math.min(pollMs, untilDueMs);
    if (Number.isFinite(waitMs)) this.#setTimer(waitMs);
  }

  #setTimer(waitMs: number): void {
    clearTimeout(this.#timer);
    if (this.#state !== 'started') return;
    const longestTimerMs = 60 * 60_000;
    this.#timer = setTimeout(() => this.wake(), Math.max(1, Math.min(waitMs, longestTimerMs)));
    this.#timer.unref();
  }

  async #run(row: JobRow, leaseToken: string): Promise<void> {
    const { db, log } = this.#options;
    const controller = new AbortController();
    this.#running.set(row.id, controller);
    const worker = this.#workers.get(row.name);
    const timeout = setTimeout(
      () => controller.abort(new Error('the job ran out of time')),
      worker?.job.timeoutMs ?? 0,
    );
    try {
      if (!worker) throw new Error(`no worker for job ${row.name}`);
      await this.#attempt(worker, row, leaseToken, controller.signal);
      log.debug({ job: row.name, jobId: row.id, attempt: row.attempts }, 'job done');
    } catch (error) {
      if (error instanceof LeaseLost)
        log.debug({ job: row.name, jobId: row.id }, 'job was replaced or taken over');
      else
        await db
          .transaction((tx) => this.#fail(tx, row, leaseToken, error))
          .catch((failure) => {
            log.error(
              { err: failure, job: row.name, jobId: row.id },
              'could not record a failed job; its lease will run out',
            );
          });
    } finally {
      clearTimeout(timeout);
      this.#running.delete(row.id);
      this.wake();
      this.#notifyIdle();
    }
  }

  async #attempt(worker: Worker, row: JobRow, leaseToken: string, signal: AbortSignal): Promise<void> {
    const { db } = this.#options;
    let isFinished = false;
    const finish = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
      const value = await db.transaction(async (tx) => {
        if (!(await deleteLeasedJob(tx, row.id, leaseToken))) throw new LeaseLost(row.id);
        return work(tx);
      });
      isFinished = true;
      return value;
    };
    const run: JobRun = { jobId: row.id, accountId: row.account_id, attempt: row.attempts, signal, finish };
    await withAbort(worker.handle(decodeJson(row.payload_json), run), signal);
    if (!isFinished) await finish(async () => undefined);
  }

  async #fail(tx: Tx, row: JobRow, leaseToken: string, error: unknown): Promise<void> {
    const { clock, log, random } = this.#options;
    const attemptsMax = this.#workers.get(row.name)?.job.attemptsMax ?? 1;
    const isFinal = row.attempts >= attemptsMax || (error instanceof ApiError && !error.isRetryable);
    const details = { err: error, job: row.name, jobId: row.id, attempt: row.attempts };
    if (isFinal) log.error(details, 'job failed for the last time');
    else log.warn(details, 'job failed; it will be tried again');
    await releaseJob(tx, row.id, leaseToken, {
      state: isFinal ? 'dead' : 'ready',
      due_at: isFinal ? row.due_at : clock.now() + backoffMs(row.attempts, random()),
      last_error: describe(error),
    });
  }

  #notifyIdle(): void {
    for (const resolve of this.#idleWaiters.splice(0)) resolve();
  }
}

const errorLengthMax = 300;

function describe(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(
    0,
    errorLengthMax,
  );
}

/** Ends with the signal's reason even when the work does not listen to it. */
async function withAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
