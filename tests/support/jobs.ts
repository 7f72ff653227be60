import Type from 'typebox';
import { ClockAdvancer } from '../../src/app/clock.ts';
import {
  declareJob,
  type EnqueueOptions,
  JobQueue,
  type JobRun,
  JobRunner,
  listJobs,
  type RunnerOptions,
  type Worker,
  worker,
} from '../../src/jobs/index.ts';
import { type Clock, VirtualClock } from '../../src/runtime/clock.ts';
import { createIds } from '../../src/runtime/ids.ts';
import { createLogger } from '../../src/runtime/log.ts';
import type { Database, JobRow, Tx } from '../../src/storage/index.ts';
import { accountId, storeRow } from './rows.ts';

/** The job of most tests: its payload is a name for it. */
export const testJob = declareJob({
  name: 'test.note-name',
  payload: Type.Object({ name: Type.String() }),
  attemptsMax: 3,
  timeoutMs: 5000,
});
export type TestJob = typeof testJob;

export interface JobSystemOptions {
  readonly workers: readonly Worker[];
  readonly clock?: Clock;
  readonly concurrency?: number;
  readonly laneLimits?: RunnerOptions['laneLimits'];
  readonly isOnlyRunner?: boolean;
}

/** A queue and a runner on a database, with a virtual clock and without jitter. */
export function jobSystem(
  db: Database,
  {
    workers,
    clock = new VirtualClock(),
    concurrency = 4,
    laneLimits = {},
    isOnlyRunner = db.engine === 'sqlite',
  }: JobSystemOptions,
) {
  const queue = new JobQueue({ db, clock, ids: createIds(clock) });
  const log = createLogger('silent');
  const random = () => 0.5;
  const runner = new JobRunner({
    db,
    clock,
    log,
    queue,
    workers,
    concurrency,
    laneLimits,
    isOnlyRunner,
    random,
  });
  const enqueue = (name: string, options: Partial<EnqueueOptions> = {}, job: TestJob = testJob) =>
    db.transaction((tx) => queue.enqueue(tx, job, { name }, { accountId, ...options }));
  return { clock, queue, runner, enqueue, stop: () => runner.stop(0) };
}

export type JobSystem = ReturnType<typeof jobSystem>;

/** Moves the system's virtual clock, running what comes due. */
export async function advance({ clock, runner }: JobSystem, ms: number): Promise<void> {
  if (!(clock instanceof VirtualClock)) throw new Error('the clock of this system moves by itself');
  await new ClockAdvancer({ clock, runner }).advance(ms);
}

/** A worker of the test job. */
export function on(handle: (name: string, run: JobRun) => Promise<void>, job: TestJob = testJob): Worker {
  return worker(job, ({ name }, run) => handle(name, run));
}

/** Leaves a trace in the database: a store of this name. */
export async function leaveTrace(tx: Tx, name: string): Promise<void> {
  await tx.insertInto('stores').values(storeRow(name)).execute();
}

export async function traces(db: Database): Promise<string[]> {
  const rows = await db.reader.selectFrom('stores').select('id').orderBy('id').execute();
  return rows.map((row) => row.id);
}

export async function jobsIn(db: Database, state?: JobRow['state']): Promise<JobRow[]> {
  return listJobs(db.reader, state, 1000);
}
