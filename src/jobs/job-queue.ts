import type { Static, TSchema } from 'typebox';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import { type Database, encodeJson, type JobRow, type Tx } from '../storage/index.ts';
import { deleteJobByKey, deleteJobsByKeys, insertJob } from './job.store.ts';
import type { Job, Lane } from './job.ts';

export interface EnqueueOptions {
  readonly accountId: string;
  /** When it may run; now by default. */
  readonly dueAtMs?: number;
  /** At most one live job has the key. */
  readonly dedupeKey?: string;
  /**
   * What becomes of a live job with the key: `replace` (default) gives it the new payload and due time and has it run again
   * if it is running: that is what a timer is. `keep` leaves it and its attempts alone; whoever ends it must look, in the
   * same transaction and under a lock that is held here too, whether there is more to do.
   */
  readonly ifLive?: 'replace' | 'keep';
  /** Of jobs with one group only so many run at once, where their lane has a limit for it. */
  readonly groupKey?: string;
}

type TakesUp = (job: { lane: Lane; groupKey: string | null; dueAtMs: number }) => boolean;

/** What a process tells others when it can't run a job at once that is due. */
export const jobsTopic = 'jobs';

/**
 * Where rules leave work for later. Everything happens in the caller's transaction.
 *
 * @example
 * await jobs.enqueue(tx, conversationTimer, { conversationId }, { accountId, dueAtMs, dedupeKey: `timer:${conversationId}` });
 */
export class JobQueue {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #ids: Ids;
  #takesUp: TakesUp = () => false;

  constructor({ db, clock, ids }: { db: Database; clock: Clock; ids: Ids }) {
    this.#db = db;
    this.#clock = clock;
    this.#ids = ids;
  }

  /** The runner of this process asks to be told when a job was committed, and answers whether it will run it when it is due. */
  onEnqueued(takesUp: TakesUp): void {
    this.#takesUp = takesUp;
  }

  async enqueue<Payload extends TSchema>(
    tx: Tx,
    job: Job<Payload>,
    payload: Static<Payload>,
    { accountId, dueAtMs = this.#clock.now(), dedupeKey, ifLive = 'replace', groupKey }: EnqueueOptions,
  ): Promise<void> {
    const lane = job.lane ?? 'main';
    const row: JobRow = {
      id: this.#ids.next('job'),
      account_id: accountId,
      name: job.name,
      payload_json: encodeJson(payload),
      state: 'ready',
      due_at: dueAtMs,
      attempts: 0,
      lease_token: null,
      lease_until: null,
      dedupe_key: dedupeKey ?? null,
      last_error: null,
      created_at: this.#clock.now(),
      lane,
      group_key: groupKey ?? null,
    };
    await insertJob(tx, row, ifLive);
    this.#db.afterCommit(tx, () => {
      const isTakenUp = this.#takesUp({ lane, groupKey: row.group_key, dueAtMs });
      // What is due later is found by then.
      if (!isTakenUp && dueAtMs <= this.#clock.now()) this.#db.signals.send(jobsTopic);
    });
  }

  /** Removes the live job with the key, waiting or running; nothing happens when there is none. */
  async cancel(tx: Tx, dedupeKey: string): Promise<void> {
    await deleteJobByKey(tx, dedupeKey);
  }

  /** Removes every job with one of the keys, dead letters too: for erasure. */
  async forget(tx: Tx, dedupeKeys: readonly string[]): Promise<void> {
    await deleteJobsByKeys(tx, dedupeKeys);
  }
}
