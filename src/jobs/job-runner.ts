import { randomUUID } from 'node:crypto';
import { ApiError } from '../errors/index.ts';
import { type Clock, VirtualClock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { type Database, decodeJson, type JobRow } from '../storage/index.ts';
import { backoffMs } from './backoff.ts';
import {
  type Claim,
  claimDueJobs,
  countForeignJobs,
  findNextDueAt,
  hasBusyJobs,
  hasLostJobs,
  type KnownJobs,
  releaseJob,
  releaseLostJobs,
} from './job.store.ts';
import { type Lane, type LaneLimits, lanes } from './job.ts';
import { attemptJob, type Worker } from './job-attempt.ts';
import { type JobQueue, jobsTopic } from './job-queue.ts';
import { LeaseLost } from './job-run.ts';
import { Leases } from './leases.ts';
import { PastFullGroups } from './past-full-groups.ts';

export interface RunnerOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly queue: JobQueue;
  readonly workers: readonly Worker[];
  /** Jobs that run at once in this process, in the main lane and in others that have no limits of their own. */
  readonly concurrency: number;
  readonly laneLimits?: Readonly<Partial<Record<Lane, LaneLimits>>>;
  /** No other process works on this database: at start, whatever counts as running was cut off by a crash. */
  readonly isOnlyRunner: boolean;
  readonly random: () => number;
}

/** Jobs enqueued or revived by another process are noticed this often, and so are leases that ran out. */
const pollMs = 1000;
/** How often other processes are asked about while something waits for quiet. */
const idlePollMs = 100;
/** Runs that a job may lose to crashes beyond its attempts; past it the job is taken for the cause of them. */
const lostRunsMax = 3;
const errorLengthMax = 300;

/** Why a run was cut short that will be made again at the next start. */
class ServerStopping extends Error {
  override readonly name = 'ServerStopping';
}

/**
 * Runs due jobs, earliest first. Looks for them when a job is enqueued here, when one ends, when the next one comes due, and
 * at a slow poll. Jobs that no worker here knows belong to a newer server and are left alone. `whenIdle` lets the virtual
 * clock and tests wait for quiet instead of sleeping.
 */
export class JobRunner {
  readonly #options: RunnerOptions;
  readonly #workers: ReadonlyMap<string, Worker>;
  /** What this server can run. */
  readonly #known: KnownJobs;
  readonly #leases: Leases;
  readonly #pastFull = new PastFullGroups();
  /** One for each run, not for each job: a timer that is set anew while it runs can run again beside its old run. */
  readonly #running = new Map<AbortController, Pick<JobRow, 'lane' | 'group_key'>>();
  #changeListeners: (() => void)[] = [];
  #state: 'new' | 'started' | 'stopping' | 'stopped' = 'new';
  #stopReason: ServerStopping | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  #lookFailure: unknown;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#workers = new Map(options.workers.map((worker) => [worker.job.name, worker]));
    this.#known = { lanes, names: [...this.#workers.keys()] };
    this.#leases = new Leases(options);
  }

  /** Takes back what a crash left running, then begins; timers that came due meanwhile run now, in the order of their times. */
  async start(): Promise<void> {
    const { db, queue, isOnlyRunner, log } = this.#options;
    await this.#releaseLost({ everything: isOnlyRunner });
    const foreign = await countForeignJobs(db.reader, this.#known.names);
    if (foreign > 0) log.warn({ foreign }, 'left alone jobs that only another version of the server knows');
    this.#state = 'started';
    queue.onEnqueued(({ lane, groupKey, dueAtMs }) => {
      this.#pastFull.forget(lane, groupKey);
      // The next poll comes in time for it.
      if (dueAtMs - this.#options.clock.now() > pollMs) return true;
      this.wake();
      return this.#state === 'started' && this.#roomIn(lane) > 0;
    });
    db.signals.listen((topic) => {
      if (topic !== jobsTopic) return;
      this.#pastFull.forgetAll();
      this.wake();
    });
    this.wake();
  }

  /** Looks for due jobs soon. */
  wake(): void {
    if (this.#state !== 'started') return;
    this.#lookAgain = true;
    this.#looking ??= this.#lookUntilQuiet();
  }

  /** Finishes running jobs, up to `graceMs`; after that they are cut short and run again at the next start. */
  async stop(graceMs: number): Promise<void> {
    if (this.#state === 'new' || this.#state === 'stopped') return;
    this.#state = 'stopping';
    clearTimeout(this.#timer);
    const deadline = setTimeout(() => this.#cutShort(), graceMs);
    await this.#looking;
    while (this.#running.size > 0) await this.#nextChange();
    clearTimeout(deadline);
    this.#state = 'stopped';
    this.#announceChange();
  }

  /** Resolves when no job is due or running, in this process or another. Rejects when the database fails or the runner stops. */
  async whenIdle(signal?: AbortSignal): Promise<void> {
    while (await this.#isBusy()) {
      signal?.throwIfAborted();
      if (this.#state !== 'started') throw new Error('the job runner is not running');
      if (this.#isBusyHere) await this.#nextChange(signal);
      else await this.#lookOrPause(signal);
    }
  }

  /** When the next waiting job is due. */
  async nextDueAt(): Promise<number | undefined> {
    return this.#nextDueIn(lanes);
  }

  get #isBusyHere(): boolean {
    return this.#looking !== undefined || this.#running.size > 0;
  }

  async #isBusy(): Promise<boolean> {
    const { db, clock } = this.#options;
    return this.#isBusyHere || (await hasBusyJobs(db.reader, this.#known, clock.now())) || this.#isBusyHere;
  }

  /** Takes up what is due; when there is nothing to take, another process has it, and its end comes without a notice. */
  async #lookOrPause(signal: AbortSignal | undefined): Promise<void> {
    this.wake();
    await this.#looking;
    if (this.#lookFailure !== undefined) throw this.#lookFailure;
    if (!this.#isBusyHere) await this.#nextChange(signal, idlePollMs);
  }

  /** Each wake-up is followed by a whole look, also one that comes while a look is under way. */
  async #lookUntilQuiet(): Promise<void> {
    try {
      while (this.#lookAgain && this.#state === 'started') {
        this.#lookAgain = false;
        await this.#look();
      }
      this.#lookFailure = undefined;
    } catch (error) {
      this.#lookFailure = error;
      this.#options.log.error({ err: error }, 'could not look for due jobs; trying again');
      this.#setTimer(pollMs);
    }
    this.#looking = undefined;
    this.#announceChange();
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#releaseLost({ everything: false });
    const dueAts: number[] = [];
    for (const lane of lanes) dueAts.push(...(await this.#lookInto(lane)));
    // The end of a job looks again, so lanes that are full need no timer.
    if (dueAts.length > 0) this.#setTimer(this.#untilMs(Math.min(...dueAts)));
  }

  /** Begins the jobs of a lane that are due. When to look into it again: nothing while it is full, infinity while nothing waits. */
  async #lookInto(lane: Lane): Promise<number[]> {
    const { clock } = this.#options;
    if (this.#roomIn(lane) <= 0) return [];
    const nextDueAt = await this.#nextDueIn([lane]);
    if (nextDueAt === undefined || nextDueAt > clock.now()) return [nextDueAt ?? Number.POSITIVE_INFINITY];
    const token = randomUUID();
    for (const row of await this.#claim(lane, token)) void this.#run(row, token);
    if (this.#roomIn(lane) <= 0) return [];
    return [(await this.#nextDueIn([lane])) ?? Number.POSITIVE_INFINITY];
  }

  async #releaseLost({ everything }: { everything: boolean }): Promise<void> {
    const { db, clock, log } = this.#options;
    const wallNowMs = clock.wallNow();
    if (!everything && !(await hasLostJobs(db.reader, wallNowMs))) return;
    const released = await db.transaction((tx) => releaseLostJobs(tx, { wallNowMs, everything }));
    this.#pastFull.forgetAll();
    if (released > 0) log.info({ released }, 'took back jobs whose process stopped or never answered');
  }

  async #claim(lane: Lane, leaseToken: string): Promise<JobRow[]> {
    const { db, clock } = this.#options;
    const count = this.#roomIn(lane);
    return db.transaction((tx) =>
      claimDueJobs(db, tx, {
        lane,
        names: this.#known.names,
        nowMs: clock.now(),
        count,
        ...this.#groupLimits(lane),
        leaseToken,
        leaseUntilMs: this.#leases.end(),
      }),
    );
  }

  /** How many more jobs of the lane may run. */
  #roomIn(lane: Lane): number {
    const running = [...this.#running.values()].filter((row) => row.lane === lane);
    return this.#limitsOf(lane).concurrency - running.length;
  }

  #limitsOf(lane: Lane): LaneLimits {
    const { laneLimits = {}, concurrency } = this.#options;
    return laneLimits[lane] ?? { concurrency };
  }

  #groupLimits(lane: Lane): Pick<Claim, 'roomInGroup' | 'fullGroups'> {
    const { perGroup } = this.#limitsOf(lane);
    if (perGroup === undefined) return { fullGroups: [] };
    const running = new Map<string, number>();
    for (const row of this.#running.values()) {
      if (row.lane !== lane || row.group_key === null) continue;
      running.set(row.group_key, (running.get(row.group_key) ?? 0) + 1);
    }
    return {
      roomInGroup: (group) => perGroup - (running.get(group) ?? 0),
      fullGroups: [...running].filter(([, count]) => count >= perGroup).map(([group]) => group),
    };
  }

  /** Without the jobs of groups that have no room, for which the end of one of theirs looks again. */
  async #nextDueIn(some: readonly Lane[]): Promise<number | undefined> {
    const dueAts: number[] = [];
    // One after the other: an index entry each, and a pool of connections is not taken up by them.
    for (const lane of some) {
      const dueAt = await this.#nextDueInLane(lane);
      if (dueAt !== undefined) dueAts.push(dueAt);
    }
    return dueAts.length > 0 ? Math.min(...dueAts) : undefined;
  }

  #nextDueInLane(lane: Lane): Promise<number | undefined> {
    const { db, clock } = this.#options;
    const { fullGroups: full } = this.#groupLimits(lane);
    const find = () => findNextDueAt(db.reader, { lane, names: this.#known.names, exceptGroups: full });
    if (full.length === 0) return find();
    return this.#pastFull.nextDueAt({ lane, full, nowMs: clock.now(), wallNowMs: clock.wallNow() }, find);
  }

  #untilMs(dueAtMs: number): number {
    const { clock } = this.#options;
    // No real time passes until the virtual clock reaches anything; whoever moves it waits for quiet, which looks.
    return clock instanceof VirtualClock ? pollMs : Math.min(pollMs, dueAtMs - clock.now());
  }

  #setTimer(waitMs: number): void {
    clearTimeout(this.#timer);
    if (this.#state !== 'started') return;
    this.#timer = setTimeout(() => this.wake(), Math.max(1, waitMs));
    this.#timer.unref();
  }

  async #run(row: JobRow, token: string): Promise<void> {
    const controller = new AbortController();
    this.#running.set(controller, row);
    this.#leases.add(token);
    if (this.#stopReason) controller.abort(this.#stopReason);
    // Only jobs with a worker are claimed.
    const worker = this.#workers.get(row.name) as Worker;
    const timeout = setTimeout(
      () => controller.abort(new Error('the job ran out of time')),
      worker.job.timeoutMs,
    );
    try {
      await this.#attempt(worker, row, token, controller.signal);
    } catch (error) {
      await this.#recordFailure(worker, row, token, error);
    } finally {
      clearTimeout(timeout);
      this.#running.delete(controller);
      this.#leases.remove(token);
      // It may wait for another attempt.
      this.#pastFull.forget(row.lane, row.group_key);
      this.wake();
      this.#announceChange();
    }
  }

  async #attempt(worker: Worker, row: JobRow, token: string, signal: AbortSignal): Promise<void> {
    const { db, log } = this.#options;
    if (row.attempts > worker.job.attemptsMax + lostRunsMax)
      throw new Error('the server stopped during each of its runs');
    await attemptJob(db, worker, { row, token, signal });
    log.debug({ job: row.name, jobId: row.id, attempt: row.attempts }, 'job done');
  }

  async #recordFailure(worker: Worker, row: JobRow, token: string, error: unknown): Promise<void> {
    const { db, log } = this.#options;
    const details = { job: row.name, jobId: row.id, attempt: row.attempts };
    if (error instanceof LeaseLost) return log.debug(details, 'job was replaced or taken over');
    const outcome = this.#outcomeOf(worker, row, error);
    try {
      const isRecorded = await db.transaction(async (tx) => {
        const isOurs = await releaseJob(tx, row.id, token, outcome);
        if (isOurs && outcome.state === 'dead')
          await worker.onGivenUp(tx, decodeJson(row.payload_json), row.account_id);
        return isOurs;
      });
      if (!isRecorded) log.debug(details, 'job failed after it was finished, replaced or taken over');
      else if (outcome.state === 'dead')
        log.error({ ...details, err: error }, 'job failed for the last time');
      else log.warn({ ...details, err: error }, 'job failed; it will be tried again');
    } catch (failure) {
      log.error({ ...details, err: failure }, 'could not record a failed job; its lease will run out');
    }
  }

  #outcomeOf(worker: Worker, row: JobRow, error: unknown): Parameters<typeof releaseJob>[3] {
    const { clock, random } = this.#options;
    // A run that the server itself cut short counts for nothing.
    if (error instanceof ServerStopping)
      return { state: 'ready', due_at: row.due_at, attempts: row.attempts - 1, last_error: row.last_error };
    const isFinal =
      row.attempts >= worker.job.attemptsMax || (error instanceof ApiError && !error.isRetryable);
    return {
      state: isFinal ? 'dead' : 'ready',
      due_at: isFinal
        ? row.due_at
        : clock.now() + backoffMs(row.attempts, random(), worker.job.retryDelaysMs),
      attempts: row.attempts,
      last_error: describe(error),
    };
  }

  #cutShort(): void {
    this.#stopReason = new ServerStopping('the server is stopping');
    for (const controller of this.#running.keys()) controller.abort(this.#stopReason);
  }

  /** Resolves at the end of a run or of a look, or after `waitMs`. */
  #nextChange(signal?: AbortSignal, waitMs?: number): Promise<void> {
    return new Promise((resolve) => {
      this.#changeListeners.push(resolve);
      if (waitMs !== undefined) setTimeout(resolve, waitMs).unref();
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #announceChange(): void {
    const listeners = this.#changeListeners;
    this.#changeListeners = [];
    for (const resolve of listeners) resolve();
  }
}

function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.slice(0, errorLengthMax);
}
