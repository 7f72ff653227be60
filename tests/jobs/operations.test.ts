import Type from 'typebox';
import { afterEach, describe, expect, it } from 'vitest';
import { errors } from '../../src/errors/index.ts';
import { declareJob, type JobQueue, reviveDeadJobs } from '../../src/jobs/index.ts';
import { beginOperation, completeOperation, operationWorker } from '../../src/operations/index.ts';
import { findOperation, type Operation } from '../../src/operations/operation.ts';
import { type Clock, VirtualClock } from '../../src/runtime/clock.ts';
import { createIds } from '../../src/runtime/ids.ts';
import type { Database } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { advance, type JobSystem, jobSystem, jobsIn } from '../support/jobs.ts';
import { accountId } from '../support/rows.ts';

const systems: JobSystem[] = [];
const day = 24 * 60 * 60_000;
const minute = 60_000;

const longWork = declareJob({
  name: 'test.long-work',
  payload: Type.Object({ operationId: Type.String(), steps: Type.Integer() }),
  attemptsMax: 3,
  timeoutMs: 5000,
});

/** A system with one kind of slow write, which calls `onStep` with the number of each step, from 1. */
async function started(db: Database, onStep: (step: number) => Promise<void>) {
  const clock = new VirtualClock();
  let taken = 0;
  // The queue is made together with the runner, which needs the worker first.
  const context: { db: Database; clock: Clock; jobs: JobQueue } = { db, clock, jobs: undefined as never };
  const slow = operationWorker(context, longWork, ({ operationId, steps }) => ({
    api: 'memory',
    operationId,
    step: async () => {
      await onStep(taken + 1);
      taken += 1;
      return taken < steps;
    },
    failure: errors.erasureGivenUp('The thing'),
  }));
  const system = jobSystem(db, { workers: [slow], clock });
  context.jobs = system.queue;
  systems.push(system);
  const begin = (steps: number) =>
    db.transaction(async (tx) => {
      const draft = {
        accountId,
        api: 'memory',
        kind: 'test',
        resultId: 'thing',
        resultPath: '/thing',
      } as const;
      const operation = await beginOperation(tx, { clock, ids: createIds(clock) }, draft);
      await system.queue.enqueue(tx, longWork, { operationId: operation.id, steps }, { accountId });
      return operation;
    });
  const read = async ({ id }: Operation) => {
    const operation = await findOperation(db.reader, { accountId, id, api: 'memory' });
    if (!operation) throw new Error('the operation is gone');
    return operation;
  };
  return { system, begin, read };
}

describeOnEachDatabase('an operation', (databases) => {
  // Before the databases are closed.
  afterEach(async () => {
    for (const system of systems.splice(0)) await system.stop();
  });

  it('is COMPLETED from the start when its write is done with the request', async () => {
    const db = await databases.open();
    const clock = new VirtualClock();
    const context = { clock, ids: createIds(clock) };
    const operation = await db.transaction((tx) =>
      completeOperation(tx, context, { accountId, api: 'memory', kind: 'test' }),
    );
    expect(operation).toMatchObject({ status: 'COMPLETED', completedAt: clock.now() });
  });

  describe('whose write takes time', () => {
    it('is PENDING until its job runs, RUNNING at each step, and COMPLETED after the last', async () => {
      const db = await databases.open();
      const seen: string[] = [];
      const { system, begin, read } = await started(db, async () => {
        seen.push((await read(operation)).status);
      });
      const operation = await begin(3);
      expect(await read(operation)).toMatchObject({ status: 'PENDING', completedAt: undefined });
      await system.runner.start();
      await system.runner.whenIdle();
      expect(seen).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
      expect(await read(operation)).toMatchObject({ status: 'COMPLETED', completedAt: system.clock.now() });
      expect(await jobsIn(db)).toEqual([]);
    });

    it('goes on in another run after 50 steps, so that other jobs get their turn', async () => {
      const db = await databases.open();
      const jobs = new Set<string>();
      let steps = 0;
      const { system, begin, read } = await started(db, async () => {
        steps += 1;
        for (const { id } of await jobsIn(db, 'running')) jobs.add(id);
      });
      const operation = await begin(120);
      await system.runner.start();
      await system.runner.whenIdle();
      expect({ steps, runs: jobs.size }).toEqual({ steps: 120, runs: 3 });
      expect(await read(operation)).toMatchObject({ status: 'COMPLETED' });
    });

    it('stays RUNNING while a step that failed waits to be tried again', async () => {
      const failures = [new Error('first'), new Error('second')];
      const { system, begin, read } = await started(await databases.open(), async (step) => {
        const failure = step === 2 ? failures.pop() : undefined;
        if (failure) throw failure;
      });
      const operation = await begin(3);
      await system.runner.start();
      await system.runner.whenIdle();
      expect(await read(operation)).toMatchObject({
        status: 'RUNNING',
        completedAt: undefined,
        error: undefined,
      });
      await advance(system, minute);
      expect(failures).toEqual([]);
      expect(await read(operation)).toMatchObject({ status: 'COMPLETED' });
    });

    it('is FAILED with what callers may know once the job is given up', async () => {
      const { system, begin, read } = await started(await databases.open(), async () => {
        throw new Error('SECRET: the disk at /data is full');
      });
      const operation = await begin(1);
      await system.runner.start();
      await advance(system, day);
      const failed = await read(operation);
      expect(failed).toMatchObject({
        status: 'FAILED',
        completedAt: operation.createdAt + 5000,
        error: { code: 20500, status: 500, title: 'Internal server error' },
      });
      expect(JSON.stringify(failed)).not.toContain('SECRET');
    });

    it('is RUNNING and then COMPLETED when somebody has the job that was given up tried again', async () => {
      const db = await databases.open();
      let isDown = true;
      const seen: Operation[] = [];
      const { system, begin, read } = await started(db, async () => {
        if (isDown) throw new Error('down');
        seen.push(await read(operation));
      });
      const operation = await begin(1);
      await system.runner.start();
      await advance(system, day);
      isDown = false;
      await db.transaction((tx) => reviveDeadJobs(tx, system.clock.now(), undefined));
      await system.runner.whenIdle();
      expect(seen).toMatchObject([{ status: 'RUNNING', completedAt: undefined, error: undefined }]);
      expect(await read(operation)).toMatchObject({
        status: 'COMPLETED',
        completedAt: system.clock.now(),
        error: undefined,
      });
    });
  });
});
