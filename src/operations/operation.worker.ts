import type { Static, TSchema } from 'typebox';
import type { ApiError } from '../errors/index.ts';
import { type Job, type JobRun, type Worker, worker } from '../jobs/index.ts';
import type { Context } from '../runtime/context.ts';
import { failOperation, finishOperation, type Operation, startOperation } from './operation.ts';

/** Rows that a step should write or delete at most: the other writers wait that long. */
export const rowsPerStep = 1000;
/** Short runs, so that a stop waits for little, other jobs get their turn, and attempts are counted anew for each run. */
const stepsPerRun = 50;

/** What a job does for the operation that clients poll. */
export interface OperationWork extends Pick<Operation, 'api'> {
  readonly operationId: string;
  /**
   * Does a part of the work, in a short transaction of its own. False once nothing is left to do. It may be made again after a
   * crash, or by two processes at once, and neither may matter.
   */
  step(): Promise<boolean>;
  /** What the operation says when the job is given up; callers see it. */
  readonly failure: ApiError;
}

/**
 * A worker whose job serves an operation begun with `beginOperation`: works step by step, enqueues itself for the rest after a
 * while, and moves the operation along.
 *
 * @example
 * operationWorker(context, eraseStore, ({ operationId, storeId }, accountId) => ({
 *   api: 'memory',
 *   operationId,
 *   step: () => eraseSome(context, { accountId, storeId }),
 *   failure: errors.erasureGivenUp('The store'),
 * }));
 */
export function operationWorker<Payload extends TSchema>(
  context: Pick<Context, 'db' | 'clock' | 'jobs'>,
  job: Job<Payload>,
  workOf: (payload: Static<Payload>, accountId: string) => OperationWork,
): Worker {
  return worker(
    job,
    async (payload, run) => {
      const { accountId } = run;
      const work = workOf(payload, accountId);
      const ref = { accountId, operationId: work.operationId };
      await context.db.transaction((tx) => startOperation(tx, ref));
      const isDone = await takeSteps(work, run);
      await run.finish(async (tx) => {
        if (isDone) await finishOperation(tx, context, ref);
        else await context.jobs.enqueue(tx, job, payload, { accountId });
      });
    },
    (tx, payload, accountId) => {
      const work = workOf(payload, accountId);
      return failOperation(tx, context, { ...work, accountId }, work.failure);
    },
  );
}

/** Whether the work is done. */
async function takeSteps({ step }: OperationWork, { signal }: JobRun): Promise<boolean> {
  for (let steps = 0; steps < stepsPerRun; steps += 1) {
    signal.throwIfAborted();
    if (!(await step())) return true;
  }
  return false;
}
