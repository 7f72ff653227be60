import { sql } from 'kysely';
import { afterEach, describe, expect, it } from 'vitest';
import { LeaseLost } from '../../src/jobs/index.ts';
import type { Database, Tx } from '../../src/storage/index.ts';
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

const systems: JobSystem[] = [];

async function started(db: Database, options: JobSystemOptions): Promise<JobSystem> {
  const system = jobSystem(db, options);
  systems.push(system);
  await system.runner.start();
  return system;
}

describeOnEachDatabase('runs of jobs', (databases) => {
  afterEach(async () => {
    for (const system of systems.splice(0)) await system.stop();
  });

  describe('a run that commits as it goes', () => {
    it('keeps what it has committed when it fails, and is run again', async () => {
      const db = await databases.open();
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            await run.commit((tx) => leaveTrace(tx, `${name} ${run.attempt}`));
            if (run.attempt === 1) throw new Error('half-way');
          }),
        ],
      });
      await system.enqueue('a');
      await advance(system, 60_000);
      expect([await traces(db), await jobsIn(db)]).toEqual([['a 1', 'a 2'], []]);
    });

    it('undoes what fails inside the transaction, and can go on', async () => {
      const db = await databases.open();
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            const failing = run.commit(async (tx) => {
              await leaveTrace(tx, `${name} undone`);
              throw new Error('inside');
            });
            await expect(failing).rejects.toThrow('inside');
            await run.finish((tx) => leaveTrace(tx, name));
          }),
        ],
      });
      await system.enqueue('a');
      await system.runner.whenIdle();
      expect(await traces(db)).toEqual(['a']);
    });

    it('can commit nothing once the job is another run’s', async () => {
      const db = await databases.open();
      const isRunning = Promise.withResolvers<void>();
      const gate = Promise.withResolvers<void>();
      const refused = Promise.withResolvers<unknown>();
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            if (name === 'new') return run.commit((tx) => leaveTrace(tx, name));
            isRunning.resolve();
            await gate.promise;
            await run.commit((tx) => leaveTrace(tx, name)).catch(refused.resolve);
          }),
        ],
      });
      await system.enqueue('old', { dedupeKey: 'one' });
      await isRunning.promise;
      await system.enqueue('new', { dedupeKey: 'one' });
      gate.resolve();
      expect(await refused.promise).toBeInstanceOf(LeaseLost);
      await system.runner.whenIdle();
      expect(await traces(db)).toEqual(['new']);
    });
  });

  describe('a run that ends under a lock', () => {
    it('sees what was left for it by those who held the lock', async () => {
      const db = await databases.open();
      const isLocked = Promise.withResolvers<void>();
      const system = await started(db, {
        workers: [
          on(async (name, run) => {
            await isLocked.promise;
            await run.finish(
              async (tx) => leaveTrace(tx, `${name} saw ${await countTraces(tx)}`),
              ['a lock'],
            );
          }),
        ],
      });
      await system.enqueue('a', { dedupeKey: 'one' });
      await db.transaction(async (tx) => {
        await db.lock(tx, 'a lock');
        isLocked.resolve();
        await leaveTrace(tx, 'a thing');
        await system.queue.enqueue(
          tx,
          testJob,
          { name: 'b' },
          { accountId: 'AC1', dedupeKey: 'one', ifLive: 'keep' },
        );
      });
      await system.runner.whenIdle();
      expect([await traces(db), await jobsIn(db)]).toEqual([['a saw 1', 'a thing'], []]);
    });

    it.runIf(databases.engine === 'PostgreSQL')('leaves the job alone until it has the lock', async () => {
      const db = await databases.open();
      const gate = Promise.withResolvers<void>();
      const system = await started(db, {
        workers: [
          on(async (_name, run) => {
            await gate.promise;
            await run.finish(async () => undefined, ['a lock']);
          }),
        ],
      });
      await system.enqueue('a');
      const untouched = await db.transaction(async (tx) => {
        await db.lock(tx, 'a lock');
        gate.resolve();
        await someoneWaits(db);
        return tx.selectFrom('jobs').select('state').forUpdate().skipLocked().execute();
      });
      expect(untouched).toEqual([{ state: 'running' }]);
      await system.runner.whenIdle();
    });
  });
});

async function countTraces(tx: Tx): Promise<number> {
  const { count } = await tx
    .selectFrom('stores')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Resolves when a connection waits for a lock of `Database.lock`. */
async function someoneWaits({ reader }: Database): Promise<void> {
  for (;;) {
    const { rows } = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(
      reader,
    );
    if (rows.length > 0) return;
  }
}
