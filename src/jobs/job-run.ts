import type { Tx } from '../storage/index.ts';

/** Another process, or a later version of the same job, has taken over; whatever this run did is rolled back. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** One attempt at a job, as its handler sees it. */
export interface JobRun {
  readonly jobId: string;
  readonly accountId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborts at the job's time-out and when the server must stop at once. */
  readonly signal: AbortSignal;
  /**
   * Runs `work` and ends the job in one transaction, so that the effect happens exactly once even when the server dies
   * around it. A handler that has something to write writes it here, as its last step.
   *
   * Locks that `work` needs and that are held where this job is enqueued belong in `lockKeys`: they are taken before the job
   * is touched, in the order in which an enqueueing transaction takes the two. The other way round they wait for each other.
   */
  finish<T>(work: (tx: Tx) => Promise<T>, lockKeys?: readonly string[]): Promise<T>;
  /**
   * Runs `work` in a transaction that commits only while the job is this run's; throws `LeaseLost` otherwise. For handlers
   * that get through several things in one run, each of which is to stay done.
   */
  commit<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
