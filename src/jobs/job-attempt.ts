import type { Static, TSchema } from 'typebox';
import { type Database, decodeJson, type JobRow, type Tx } from '../storage/index.ts';
import { deleteLeasedJob, holdLeasedJob } from './job.store.ts';
import type { Job } from './job.ts';
import { payloadReader } from './job-payload.ts';
import { type JobRun, LeaseLost } from './job-run.ts';

/** A job with what does it. */
export interface Worker {
  readonly job: Job;
  handle(payload: unknown, run: JobRun): Promise<void>;
  /** Runs in the transaction that makes the job a dead letter, for what has to say that nothing more will come. */
  onGivenUp(tx: Tx, payload: unknown, accountId: string): Promise<void>;
}

/** Ties a handler to its job; the payload reaches it validated. */
export function worker<Payload extends TSchema>(
  job: Job<Payload>,
  handle: (payload: Static<Payload>, run: JobRun) => Promise<void>,
  onGivenUp: (tx: Tx, payload: Static<Payload>, accountId: string) => Promise<void> = async () => undefined,
): Worker {
  const parse = payloadReader(job.payload);
  return {
    job,
    handle: (payload, run) => handle(parse(payload), run),
    onGivenUp: (tx, payload, accountId) => onGivenUp(tx, parse(payload), accountId),
  };
}

/** A job that this process has leased, with the signal that cuts its run short. */
export interface Lease {
  readonly row: JobRow;
  readonly token: string;
  readonly signal: AbortSignal;
}

/**
 * Runs the handler once and ends the job, unless the handler did so itself by `finish`. Throws what the handler throws, the
 * signal's reason when it is cut short, or `LeaseLost`. A handler that goes on after it was cut short can't finish any more.
 */
export async function attemptJob(db: Database, worker: Worker, { row, token, signal }: Lease): Promise<void> {
  let isFinished = false;
  const finish: JobRun['finish'] = async (work, lockKeys = []) => {
    const value = await db.transaction(async (tx) => {
      await db.lock(tx, ...lockKeys);
      if (!(await deleteLeasedJob(tx, row.id, token))) throw new LeaseLost(row.id);
      return work(tx);
    });
    isFinished = true;
    return value;
  };
  const commit: JobRun['commit'] = (work) =>
    db.transaction(async (tx) => {
      if (!(await holdLeasedJob(db, tx, row.id, token))) throw new LeaseLost(row.id);
      return work(tx);
    });
  signal.throwIfAborted();
  const run: JobRun = {
    jobId: row.id,
    accountId: row.account_id,
    attempt: row.attempts,
    signal,
    finish,
    commit,
  };
  await withAbort(worker.handle(decodeJson(row.payload_json), run), signal);
  if (!isFinished) await finish(async () => undefined);
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
