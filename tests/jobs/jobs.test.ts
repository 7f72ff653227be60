import { afterEach, describe, expect, it } from 'vitest';
import { errors } from '../../src/errors/index.ts';
import { type JobRun, LeaseLost, reviveDeadJobs } from '../../src/jobs/index.ts';
import { claimDueJobs, deleteLeasedJob } from '../../src/jobs/job.store.ts';
import { systemClock, VirtualClock } from '../../src/runtime/clock.ts';
import type { Database } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import {
  advance,
  type JobSystem,
  type JobSystemOptions,
  jobSystem,
  jobsIn,
  leaveTrace,
  on,
  testJob,
  traces,
} from '../support/jobs.ts';
import { logQueries } from '../support/query-log.ts';

const systems: JobSystem[] = [];

/** A system that runs until the end of the test. */
async function started(db: Database, options: JobSystemOptions): Promise<JobSystem> {
  const system = created(db, options);
  await system.runner.start();
  return system;
}

function created(db: Database, options: JobSystemOptions): JobSystem {
  const system = jobSystem(db, options);
  systems.push(system);
  return system;
}

describeOnEachDatabase('jobs', (databases) => {
  // Before the databases are closed.
  afterEach(async () => {
    for (const system of systems.splice(0)) await system.stop();
  });

  describe('a job', () => {
    it('runs once, with its payload and account', async () => {
      const runs: [string, string, number][] = [];
      const system = await started(await databases.open(), {
        workers: [on(async (name, run) => void runs.push([name, run.accountId, run.attempt]))],
      });
      await system.enqueue('a', { accountId: 'AC1' });
      await system.runner.whenIdle();
      await advance(system, 3_600_000);
      expect(runs).toEqual([['a', 'AC1', 1]]);
    });

    it('exists exactly when the transaction that enqueued it commits', async () => {
      const db = await databases.open();
      const ran: string[] = [];
      const system = await started(db, { workers: [on(async (name) => void ran.push(name))] });
      const enqueueAll = Promise.allSettled([
        system.enqueue('first'),
        db.transaction(async (tx) => {
          await system.queue.enqueue(tx, testJob, { name: 'undone' }, { accountId: 'AC1' });
          throw new Error('undone');
        }),
        system.enqueue('second'),
      ]);
      await enqueueAll;
      await system.runner.whenIdle();
      expect(ran.sort()).toEqual(['first', 'second']);
      expect(await jobsIn(db)).toEqual([]);
    });

    it('waits for its time to the millisecond', async () => {
      const ran: string[] = [];
      const system = await started(await databases.open(), {
        workers: [on(async (name) => void ran.push(name))],
      });
      await system.enqueue('exactly now', { dueAtMs: system.clock.now() });
      await system.enqueue('in a while', { dueAtMs: system.clock.now() + 1000 });
      await system.runner.whenIdle();
      expect(ran).toEqual(['exactly now']);
      await advance(system, 999);
      expect(ran).toEqual(['exactly now']);
      await advance(system, 1);
      expect(ran).toEqual(['exactly now', 'in a while']);
    });

    it('starts by itself when real time reaches its due time', async () => {
      const { promise: ran, resolve } = Promise.withResolvers<number>();
      const system = await started(await databases.open(), {
        workers: [on(async () => resolve(Date.now()))],
        clock: systemClock,
      });
      const dueAtMs = Date.now() + 30;
      await system.enqueue('a', { dueAtMs });
      expect(await ran).toBeGreaterThanOrEqual(dueAtMs);
    });

    it('is noticed, one after the other, however its wake-up falls together with the end of the last', async () => {
      const db = await databases.open();
      let ran = Promise.withResolvers<void>();
      const system = await started(db, { workers: [on(async () => ran.resolve())], clock: systemClock });
      const startMs = Date.now();
      for (let index = 0; index < 60; index += 1) {
        ran = Promise.withResolvers<void>();
        await system.enqueue(`j${index}`);
        await ran.promise;
      }
      // Each missed wake-up would wait for the slow poll.
      expect(Date.now() - startMs).toBeLessThan(10_000);
      await system.runner.whenIdle();
      expect(await jobsIn(db)).toEqual([]);
    });

    it('of many enqueued at once is neither lost nor run twice', async () => {
      const db = await databases.open();
      const runs = new Map<string, number>();
      const system = await started(db, {
        workers: [on(async (name) => void runs.set(name, (runs.get(name) ?? 0) + 1))],
      });
      const names = Array.from({ length: 100 }, (_, index) => `j${index}`);
      await Promise.all(names.map((name) => system.enqueue(name)));
      await system.runner.whenIdle();
      expect([...runs.keys()].sort()).toEqual(names.sort());
      expect([...runs.values()].every((count) => count === 1)).toBe(true);
    });
  });

  describe('a job that fails', () => {
    it('is tried again after 1 s and after 4 s more', async () => {
      const startedAt: number[] = [];
      const system = await started(await databases.open(), {
        workers: [
          on(async (_name, run) => {
            startedAt.push(system.clock.now());
            if (run.attempt < 3) throw new Error('not yet');
          }),
        ],
      });
      const beganAt = system.clock.now();
      await system.enqueue('a');
      await advance(system, 3_600_000);
      expect(startedAt.map((at) => at - beganAt)).toEqual([0, 1000, 5000]);
    });

    it('becomes a dead letter after its last attempt, and keeps its error', async () => {
      const db = await databases.open();
      const attempts: number[] = [];
      const system = await started(db, {
        workers: [
          on(async (_name, run) => {
            attempts.push(run.attempt);
            throw new TypeError(`attempt ${run.attempt}`);
          }),
        ],
      });
      await system.enqueue('a');
      await advance(system, 3_600_000);
      expect(attempts).toEqual([1, 2, 3]);
      expect(await jobsIn(db, 'dead')).toMatchObject([
        { name: testJob.name, attempts: 3, last_error: 'TypeError: attempt 3', lease_token: null },
      ]);
    });

    it('is not tried again when trying again cannot help', async () => {
      const db = await databases.open();
      const system = await started(db, {
        workers: [
          on(async () => {
            throw errors.notFound('Profile', 'mem_profile_1');
          }),
        ],
      });
      await system.enqueue('a');
      await system.runner.whenIdle();
      expect(await jobsIn(db)).toMatchObject([{ state: 'dead', attempts: 1 }]);
    });

    it('gets a fresh set of attempts when it is revived', async () => {
      const db = await databases.open();
      const attempts: number[] = [];
      const system = await started(db, {
        workers: [
          on(async (_name, run) => {
            attempts.push(run.attempt);
            if (attempts.length < 5) throw new Error('failed');
          }),
        ],
      });
      await system.enqueue('a');
      await advance(system, 3_600_000);
      expect(await db.transaction((tx) => reviveDeadJobs(tx, system.clock.now(), undefined))).toBe(1);
      await advance(system, 3_600_000);
      expect(attempts).toEqual([1, 2, 3, 1, 2]);
      expect(await jobsIn(db)).toEqual([]);
    });

    it.runIf(databases.engine === 'SQLite')(
      'is noticed by the slow poll when another process revives it',
      async () => {
        const db = await databases.open();
        const { promise: ranAgain, resolve } = Promise.withResolvers<void>();
        let hasFailed = false;
        const system = await started(db, {
          workers: [
            on(async () => {
              if (hasFailed) return resolve();
              hasFailed = true;
              throw errors.forbidden('not now');
            }),
          ],
        });
        await system.enqueue('a');
        await system.runner.whenIdle();
        await db.transaction((tx) => reviveDeadJobs(tx, system.clock.now(), undefined));
        await ranAgain;
      },
    );

    it('stays dead when its dedupe key has been taken since', async () => {
      const db = await databases.open();
      const system = created(db, { workers: [on(async () => Promise.reject(errors.forbidden('never')))] });
      await system.runner.start();
      for (const name of ['older', 'younger']) {
        await system.enqueue(name, { dedupeKey: 'key' });
        await system.runner.whenIdle();
      }
      const revive = () => db.transaction((tx) => reviveDeadJobs(tx, system.clock.now(), undefined));
      await system.runner.stop(0);
      expect(await revive()).toBe(1);
      expect((await jobsIn(db, 'ready')).map((job) => job.payload_json)).toEqual(['{"name":"younger"}']);
      expect(await revive()).toBe(0);
    });

    it('is taken for the cause when the server stops again and again during its runs', async () => {
      const db = await databases.open();
      const ran: string[] = [];
      const system = created(db, { workers: [on(async (name) => void ran.push(name))], isOnlyRunner: true });
      await system.enqueue('poison');
      const crashes = testJob.attemptsMax + 3;
      for (let crash = 0; crash < crashes; crash += 1) await leaseAndDie(db, system);
      await system.runner.start();
      await system.runner.whenIdle();
      expect(ran).toEqual([]);
      expect(await jobsIn(db, 'dead')).toMatchObject([
        { last_error: 'Error: the server stopped during each of its runs' },
      ]);
    });
  });

  describe('a job that finishes its work in a transaction', () => {
    it('ends exactly with it', async () => {
      const db = await databases.open();
      const seen: string[][] = [];
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            await run.finish(async (tx) => leaveTrace(tx, name));
            seen.push(
              await traces(db),
              (await jobsIn(db)).map((job) => job.id),
            );
          }),
        ],
      });
      await system.enqueue('a');
      await system.runner.whenIdle();
      expect(seen).toEqual([['a'], []]);
    });

    it('is tried again when the transaction fails, and its effects are rolled back', async () => {
      const db = await databases.open();
      const system = await started(db, {
        workers: [
          on((name, run) =>
            run.finish(async (tx) => {
              await leaveTrace(tx, name);
              if (run.attempt === 1) throw new Error('half-way');
            }),
          ),
        ],
      });
      await system.enqueue('a');
      await system.runner.whenIdle();
      expect(await traces(db)).toEqual([]);
      await advance(system, 1000);
      expect(await traces(db)).toEqual(['a']);
    });

    it('is not tried again when it fails afterwards', async () => {
      const db = await databases.open();
      let runs = 0;
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            runs += 1;
            await run.finish((tx) => leaveTrace(tx, name));
            throw new Error('too late to matter');
          }),
        ],
      });
      await system.enqueue('a');
      await advance(system, 3_600_000);
      expect([runs, await traces(db), await jobsIn(db)]).toEqual([1, ['a'], []]);
    });
  });

  describe('a job with a dedupe key', () => {
    it('leaves a live one alone when it is to be kept', async () => {
      const ran: string[] = [];
      const system = await started(await databases.open(), {
        workers: [on(async (name) => void ran.push(name))],
      });
      const dueAtMs = system.clock.now() + 1000;
      await system.enqueue('first', { dedupeKey: 'key', dueAtMs });
      await system.enqueue('second', { dedupeKey: 'key', ifLive: 'keep' });
      await system.runner.whenIdle();
      expect(ran).toEqual([]);
      await advance(system, 1000);
      await system.enqueue('third', { dedupeKey: 'key', ifLive: 'keep' });
      await system.runner.whenIdle();
      expect(ran).toEqual(['first', 'third']);
    });

    it('is one job, whose last payload and due time count', async () => {
      const db = await databases.open();
      const ran: [string, number][] = [];
      const system = await started(db, {
        workers: [on(async (name) => void ran.push([name, system.clock.now() - beganAt]))],
      });
      const beganAt = system.clock.now();
      await system.enqueue('first', { dedupeKey: 'timer', dueAtMs: beganAt + 1000 });
      await system.enqueue('second', { dedupeKey: 'timer', dueAtMs: beganAt + 5000 });
      await system.enqueue('other', { dedupeKey: 'other', dueAtMs: beganAt + 2000 });
      await advance(system, 60_000);
      expect(ran).toEqual([
        ['other', 2000],
        ['second', 5000],
      ]);
    });

    it('can be brought forward', async () => {
      const ran: number[] = [];
      const system = await started(await databases.open(), {
        workers: [on(async () => void ran.push(system.clock.now() - beganAt))],
      });
      const beganAt = system.clock.now();
      await system.enqueue('late', { dedupeKey: 'timer', dueAtMs: beganAt + 60_000 });
      await system.enqueue('soon', { dedupeKey: 'timer', dueAtMs: beganAt + 10 });
      await advance(system, 10);
      expect(ran).toEqual([10]);
    });

    it('is one job also when it is enqueued by many at once', async () => {
      const db = await databases.open();
      const system = created(db, { workers: [on(async () => undefined)] });
      const dueAtMs = system.clock.now() + 1000;
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          system.enqueue(`j${index}`, { dedupeKey: 'timer', dueAtMs }),
        ),
      );
      expect(await jobsIn(db)).toHaveLength(1);
    });

    it('runs again when it is set anew while it runs, and what the first run did is rolled back', async () => {
      const db = await databases.open();
      const gate = Promise.withResolvers<void>();
      const isRunning = Promise.withResolvers<void>();
      const outcomes: string[] = [];
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            if (name === 'first') {
              isRunning.resolve();
              await gate.promise;
            }
            await run
              .finish((tx) => leaveTrace(tx, name))
              .then(
                () => outcomes.push(`${name} finished`),
                (error: unknown) => {
                  outcomes.push(`${name} ${error instanceof LeaseLost ? 'lost its lease' : 'failed'}`);
                  throw error;
                },
              );
          }),
        ],
      });
      await system.enqueue('first', { dedupeKey: 'timer' });
      await isRunning.promise;
      await system.enqueue('second', { dedupeKey: 'timer' });
      gate.resolve();
      await system.runner.whenIdle();
      expect(outcomes.sort()).toEqual(['first lost its lease', 'second finished']);
      expect([await traces(db), await jobsIn(db)]).toEqual([['second'], []]);
    });

    it('does not come back when it is cancelled, waiting or running', async () => {
      const db = await databases.open();
      const gate = Promise.withResolvers<void>();
      const isRunning = Promise.withResolvers<void>();
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            isRunning.resolve();
            await gate.promise;
            await run.finish((tx) => leaveTrace(tx, name));
          }),
        ],
      });
      await system.enqueue('waiting', { dedupeKey: 'waiting', dueAtMs: system.clock.now() + 1000 });
      await system.enqueue('running', { dedupeKey: 'running' });
      await isRunning.promise;
      await db.transaction(async (tx) => {
        await system.queue.cancel(tx, 'waiting');
        await system.queue.cancel(tx, 'running');
        await system.queue.cancel(tx, 'unheard of');
      });
      gate.resolve();
      await advance(system, 60_000);
      expect([await traces(db), await jobsIn(db)]).toEqual([[], []]);
    });
  });

  describe('a job that hangs', () => {
    const shortJob = { ...testJob, timeoutMs: 20 };

    it('fails at its time-out, and can change nothing any more', async () => {
      const db = await databases.open();
      const late = Promise.withResolvers<unknown>();
      const gate = Promise.withResolvers<void>();
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            if (run.attempt > 1) return run.finish((tx) => leaveTrace(tx, `${name} again`));
            await gate.promise;
            run.finish((tx) => leaveTrace(tx, name)).catch(late.resolve);
          }, shortJob),
        ],
      });
      await system.enqueue('a', {}, shortJob);
      await system.runner.whenIdle();
      expect(await jobsIn(db)).toMatchObject([
        { state: 'ready', attempts: 1, last_error: 'Error: the job ran out of time' },
      ]);
      gate.resolve();
      expect(await late.promise).toBeInstanceOf(LeaseLost);
      await advance(system, 1000);
      expect(await traces(db)).toEqual(['a again']);
    });

    it('is told by its signal', async () => {
      const told = Promise.withResolvers<unknown>();
      const system = await started(await databases.open(), {
        workers: [
          on(async (_name, { signal }) => {
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
            told.resolve(signal.reason);
          }, shortJob),
        ],
      });
      await system.enqueue('a', {}, shortJob);
      expect(await told.promise).toMatchObject({ message: 'the job ran out of time' });
    });
  });

  describe('a runner', () => {
    it('runs no more jobs at once than it may, and fills each place that becomes free', async () => {
      const gates = new Map<string, PromiseWithResolvers<void>>();
      const startedJobs = eventLog();
      const system = await started(await databases.open(), {
        concurrency: 2,
        workers: [
          on(async (name) => {
            const gate = Promise.withResolvers<void>();
            gates.set(name, gate);
            startedJobs.add(name);
            await gate.promise;
          }),
        ],
      });
      const dueAtMs = system.clock.now();
      for (const [index, name] of ['long', 'b', 'c', 'd'].entries()) {
        await system.enqueue(name, { dueAtMs: dueAtMs - 10 + index });
      }
      for (const name of ['b', 'c', 'd']) {
        await startedJobs.until(name);
        expect(gates.size).toBe(2);
        gates.get(name)?.resolve();
        gates.delete(name);
      }
      gates.get('long')?.resolve();
      await system.runner.whenIdle();
      expect(startedJobs.all()).toEqual(['long', 'b', 'c', 'd']);
    });

    it('runs jobs of one lane while those of another take all of its places', async () => {
      const slowJob = { ...testJob, name: 'test.slow', lane: 'callbacks' as const };
      const gate = Promise.withResolvers<void>();
      const ran = eventLog();
      const system = await started(await databases.open(), {
        laneLimits: { callbacks: { concurrency: 2 } },
        workers: [on(async () => gate.promise, slowJob), on(async (name) => ran.add(name))],
      });
      for (const name of ['a', 'b', 'c']) await system.enqueue(name, {}, slowJob);
      await system.enqueue('quick');
      await ran.until('quick');
      gate.resolve();
      await system.runner.whenIdle();
    });

    it('runs no more jobs of one group at once than its lane allows, while other groups go on', async () => {
      const grouped = { ...testJob, lane: 'callbacks' as const };
      const gate = Promise.withResolvers<void>();
      const startedJobs = eventLog();
      const system = await started(await databases.open(), {
        laneLimits: { callbacks: { concurrency: 4, perGroup: 2 } },
        workers: [
          on(async (name) => {
            startedJobs.add(name);
            if (name.startsWith('slow')) await gate.promise;
          }, grouped),
        ],
      });
      const dueAtMs = system.clock.now() - 100;
      for (let index = 0; index < 20; index += 1) {
        await system.enqueue(`slow ${index}`, { groupKey: 'slow', dueAtMs: dueAtMs + index }, grouped);
      }
      await system.enqueue('other', { groupKey: 'quick' }, grouped);
      await system.enqueue('alone', {}, grouped);
      await startedJobs.until('other');
      await startedJobs.until('alone');
      expect(startedJobs.all().filter((name) => name.startsWith('slow'))).toEqual(['slow 0', 'slow 1']);
      gate.resolve();
      await system.runner.whenIdle();
      expect(startedJobs.all()).toHaveLength(22);
    });

    // The drivers' queries are heard, and PGlite has none.
    const isHeard = databases.engine !== 'PGlite';
    it.runIf(isHeard)('looks past a full group once, not at the end of each of its jobs', async () => {
      const grouped = { ...testJob, lane: 'callbacks' as const };
      const ran: string[] = [];
      const system = created(await databases.open(), {
        laneLimits: { callbacks: { concurrency: 4, perGroup: 2 } },
        workers: [on(async (name) => void ran.push(name), grouped)],
      });
      for (let index = 0; index < 30; index += 1) {
        await system.enqueue(`slow ${index}`, { groupKey: 'slow' }, grouped);
      }
      const log = logQueries();
      const asked = await log.during(async () => {
        await system.runner.start();
        await system.runner.whenIdle();
      });
      log.stop();
      expect(ran).toHaveLength(30);
      const looks = asked.filter(({ text }) => /"group_key" not in/.test(text));
      const times = looks.reduce((total, look) => total + look.times, 0);
      expect(times).toBeGreaterThan(0);
      expect(times).toBeLessThan(8);
    });

    it('runs what came due while it was stopped at its start, once, in the order of due times', async () => {
      const ran: string[] = [];
      const system = created(await databases.open(), {
        concurrency: 1,
        workers: [on(async (name) => void ran.push(name))],
      });
      const now = system.clock.now();
      await system.enqueue('third', { dueAtMs: now - 1 });
      await system.enqueue('first', { dueAtMs: now - 3000 });
      await system.enqueue('not yet', { dueAtMs: now + 1 });
      await system.enqueue('second', { dueAtMs: now - 2000, dedupeKey: 'timer' });
      await system.runner.start();
      await system.runner.whenIdle();
      expect(ran).toEqual(['first', 'second', 'third']);
    });

    it('takes back at its start what a crash left running', async () => {
      const db = await databases.open();
      const attempts: number[] = [];
      const system = created(db, {
        isOnlyRunner: true,
        workers: [on(async (_name, run) => void attempts.push(run.attempt))],
      });
      await system.enqueue('a');
      await leaseAndDie(db, system, { wallMs: 60_000, isLost: false });
      await system.runner.start();
      await system.runner.whenIdle();
      expect(attempts).toEqual([2]);
    });

    it('leaves jobs of other processes alone until their lease runs out', async () => {
      const db = await databases.open();
      const ran: string[] = [];
      const system = created(db, { isOnlyRunner: false, workers: [on(async (name) => void ran.push(name))] });
      await system.enqueue('alive', { dueAtMs: system.clock.now() - 1 });
      const token = await leaseAndDie(db, system, { wallMs: 60_000, isLost: false });
      await system.enqueue('lost');
      await leaseAndDie(db, system, { wallMs: -1, isLost: false });
      await system.runner.start();
      const idle = system.runner.whenIdle();
      const [alive] = await jobsIn(db, 'running');
      await db.transaction((tx) => deleteLeasedJob(tx, alive?.id ?? '', token));
      await idle;
      expect(ran).toEqual(['lost']);
    });

    it('leaves jobs alone that it does not know, and is idle beside them', async () => {
      const db = await databases.open();
      const ran: string[] = [];
      const newer = { ...testJob, name: 'test.from-the-future' };
      const system = await started(db, { workers: [on(async (name) => void ran.push(name))] });
      await system.enqueue('newer', { dueAtMs: system.clock.now() - 1 }, newer);
      await system.enqueue('known');
      await advance(system, 60_000);
      expect(ran).toEqual(['known']);
      expect(await jobsIn(db)).toMatchObject([{ name: newer.name, state: 'ready', attempts: 0 }]);
    });

    it('has no trouble without any workers', async () => {
      const db = await databases.open();
      const system = await started(db, { workers: [] });
      await system.enqueue('a');
      await advance(system, 1000);
      expect(await jobsIn(db)).toHaveLength(1);
    });

    it('is idle only when a chain of jobs has come to its end', async () => {
      const ran: string[] = [];
      const db = await databases.open();
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            ran.push(name);
            if (name.length < 5)
              await run.finish((tx) =>
                system.queue.enqueue(tx, testJob, { name: `${name}+` }, { accountId: run.accountId }),
              );
          }),
        ],
      });
      await system.enqueue('+');
      await system.runner.whenIdle();
      expect(ran).toEqual(['+', '++', '+++', '++++', '+++++']);
    });

    it('stops waiting for quiet when asked to, and when it is stopped', async () => {
      const gate = Promise.withResolvers<void>();
      const isRunning = Promise.withResolvers<void>();
      const system = await started(await databases.open(), {
        workers: [
          on(async () => {
            isRunning.resolve();
            await gate.promise;
          }),
        ],
      });
      await system.enqueue('a');
      await isRunning.promise;
      const controller = new AbortController();
      const aborted = system.runner.whenIdle(controller.signal);
      controller.abort(new Error('enough'));
      await expect(aborted).rejects.toThrow('enough');
      const stopped = system.runner.whenIdle();
      const expectation = expect(stopped).rejects.toThrow('not running');
      await system.runner.stop(0);
      await expectation;
    });

    it('finishes running jobs when it stops, and begins no others', async () => {
      const db = await databases.open();
      const isRunning = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      const system = await started(db, {
        concurrency: 1,
        workers: [
          on(async (name, run) => {
            isRunning.resolve();
            await gate.promise;
            await run.finish((tx) => leaveTrace(tx, name));
          }),
        ],
      });
      await system.enqueue('running', { dueAtMs: system.clock.now() - 1 });
      await system.enqueue('waiting');
      await isRunning.promise;
      const stopping = system.runner.stop(60_000);
      gate.resolve();
      await stopping;
      expect(await traces(db)).toEqual(['running']);
      expect(await jobsIn(db)).toMatchObject([{ state: 'ready', attempts: 0 }]);
    });

    it('cuts jobs short that do not end in time; the next start runs them again, without counting the lost run', async () => {
      const db = await databases.open();
      const runs: JobRun[] = [];
      const isRunning = Promise.withResolvers<void>();
      const lastJob = { ...testJob, attemptsMax: 1 };
      const workers = [
        on(async (_name, run) => {
          runs.push(run);
          isRunning.resolve();
          if (runs.length === 1) await new Promise(() => undefined);
        }, lastJob),
      ];
      const first = await started(db, { workers });
      await first.enqueue('a', {}, lastJob);
      await isRunning.promise;
      await first.runner.stop(10);
      expect(runs[0]?.signal.aborted).toBe(true);
      const second = await started(db, { workers });
      await second.runner.whenIdle();
      expect(runs.map((run) => run.attempt)).toEqual([1, 1]);
      expect(await jobsIn(db)).toEqual([]);
    });

    it('waits at its stop for both runs of a timer that was set anew while it ran', async () => {
      const db = await databases.open();
      const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const startedRuns = eventLog();
      const ended: string[] = [];
      const system = await started(db, {
        workers: [
          on(async (name) => {
            startedRuns.add(name);
            await gates[name === 'first' ? 0 : 1]?.promise;
            ended.push(name);
          }),
        ],
      });
      await system.enqueue('first', { dedupeKey: 'timer' });
      await startedRuns.until('first');
      await system.enqueue('second', { dedupeKey: 'timer' });
      await startedRuns.until('second');
      gates[0]?.resolve();
      const stopping = system.runner.stop(60_000).then(() => ended.push('stopped'));
      gates[1]?.resolve();
      await stopping;
      expect(ended).toEqual(['first', 'second', 'stopped']);
    });
  });

  describe('claiming', () => {
    it('takes no more jobs than asked for, the earliest first', async () => {
      const db = await databases.open();
      const system = created(db, { workers: [on(async () => undefined)] });
      const now = system.clock.now();
      await db.transaction(async (tx) => {
        for (let index = 0; index < 50; index += 1) {
          const options = { accountId: 'AC1', dueAtMs: now - ((index * 7) % 50) };
          await system.queue.enqueue(tx, testJob, { name: `j${index}` }, options);
        }
      });
      const claimed = await claim(db, system, 3);
      expect(claimed.map((job) => now - job.due_at)).toEqual([49, 48, 47]);
      expect(await jobsIn(db, 'running')).toHaveLength(3);
    });

    it.runIf(databases.engine === 'PostgreSQL')('by two runners never runs a job twice', async () => {
      const db = await databases.open();
      const clock = new VirtualClock();
      const running = new Set<string>();
      const runs: string[] = [];
      const workers = [
        on(async (name) => {
          expect(running.has(name)).toBe(false);
          running.add(name);
          await new Promise((resolve) => setImmediate(resolve));
          running.delete(name);
          runs.push(name);
        }),
      ];
      const options = { workers, clock, isOnlyRunner: false };
      const [one, other] = [created(db, options), created(await databases.openAgain(), options)];
      const names = Array.from({ length: 150 }, (_, index) => `j${index}`);
      await Promise.all(names.slice(0, 50).map((name) => one.enqueue(name)));
      await Promise.all([one.runner.start(), other.runner.start()]);
      await Promise.all(names.slice(50).map((name, index) => (index % 2 ? one : other).enqueue(name)));
      await Promise.all([one.runner.whenIdle(), other.runner.whenIdle()]);
      expect(runs.sort()).toEqual(names.sort());
      expect(await jobsIn(db)).toEqual([]);
    });
  });
});

/** Leases what is due as a process that never comes back. Returns its lease. */
async function leaseAndDie(
  db: Database,
  system: JobSystem,
  { wallMs = -1, isLost = true }: { wallMs?: number; isLost?: boolean } = {},
): Promise<string> {
  const token = `token of a dead process ${Math.random()}`;
  await claim(db, system, 1, token, Date.now() + wallMs);
  if (isLost) {
    await db.transaction(async (tx) => {
      await tx.updateTable('jobs').set({ state: 'ready', lease_token: null, lease_until: null }).execute();
    });
  }
  return token;
}

function claim(
  db: Database,
  { clock }: JobSystem,
  count: number,
  leaseToken = 'token',
  leaseUntilMs = Date.now(),
) {
  const names = [testJob.name];
  return db.transaction((tx) =>
    claimDueJobs(db, tx, {
      lane: 'main',
      names,
      nowMs: clock.now(),
      count,
      fullGroups: [],
      leaseToken,
      leaseUntilMs,
    }),
  );
}

/** What happened so far, and a way to wait for more. */
function eventLog() {
  const events: string[] = [];
  const waiting = new Map<string, () => void>();
  return {
    all: () => events,
    add(event: string) {
      events.push(event);
      waiting.get(event)?.();
    },
    async until(event: string) {
      if (events.includes(event)) return;
      await new Promise<void>((resolve) => waiting.set(event, resolve));
    },
  };
}
