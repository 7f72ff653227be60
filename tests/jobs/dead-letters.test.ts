import { afterEach, describe, expect, it } from 'vitest';
import { declareJob, type Worker, worker } from '../../src/jobs/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import {
  advance,
  type JobSystem,
  jobSystem,
  jobsIn,
  leaveTrace,
  on,
  testJob,
  traces,
} from '../support/jobs.ts';

const systems: JobSystem[] = [];
const day = 24 * 60 * 60_000;
/** The job of the tests, tried once. */
const once = declareJob({ ...testJob, attemptsMax: 1 });

async function started(...options: Parameters<typeof jobSystem>): Promise<JobSystem> {
  const system = jobSystem(...options);
  systems.push(system);
  await system.runner.start();
  return system;
}

describeOnEachDatabase('dead letters', (databases) => {
  afterEach(async () => {
    for (const system of systems.splice(0)) await system.stop();
  });

  /** A worker that fails at each attempt, and leaves a trace when it is given up. */
  function failing(attempts: string[], onGivenUp: Worker['onGivenUp']): Worker {
    const failed = worker(testJob, async ({ name }) => {
      attempts.push(name);
      throw new Error('fails');
    });
    return { ...failed, onGivenUp };
  }

  /** The same with a single attempt. */
  function failingOnce(onGivenUp: Worker['onGivenUp']): Worker {
    return { ...on(() => Promise.reject(new Error('fails')), once), onGivenUp };
  }

  describe('a job that is given up', () => {
    it('tells its worker once, after the last attempt, in the transaction that makes it a dead letter', async () => {
      const db = await databases.open();
      const attempts: string[] = [];
      const given: unknown[] = [];
      const leave = failing(attempts, async (tx, payload, accountId) => {
        given.push({ payload, accountId, attempts: attempts.length });
        const row = await tx.selectFrom('jobs').select(['id', 'state']).executeTakeFirstOrThrow();
        await leaveTrace(tx, row.state);
      });
      const system = await started(db, { workers: [leave] });
      await system.enqueue('a', { accountId: 'AC1' });
      await advance(system, day);
      expect(given).toEqual([{ payload: { name: 'a' }, accountId: 'AC1', attempts: testJob.attemptsMax }]);
      expect(await traces(db)).toEqual(['dead']);
    });

    it('hands the payload over as it was declared', async () => {
      const given: string[] = [];
      const declared = worker(
        testJob,
        () => Promise.reject(new Error('fails')),
        async (_tx, { name }, accountId) => void given.push(`${accountId} ${name}`),
      );
      const system = await started(await databases.open(), { workers: [declared] });
      await system.enqueue('a', { accountId: 'AC1' });
      await advance(system, day);
      expect(given).toEqual(['AC1 a']);
    });

    it('is no dead letter before its worker has been told', async () => {
      const db = await databases.open();
      const { promise: triedToTell, resolve: onTriedToTell } = Promise.withResolvers<void>();
      let isDown = true;
      const told = failingOnce(async (tx) => {
        await leaveTrace(tx, 'told');
        onTriedToTell();
        if (isDown) throw new Error('down');
      });
      const system = await started(db, { workers: [told] });
      await system.enqueue('a');
      await triedToTell;
      isDown = false;
      // It counts as running until its lease ends.
      await db.transaction(
        async (tx) => void (await tx.updateTable('jobs').set({ lease_until: 0 }).execute()),
      );
      expect(await jobsIn(db, 'dead')).toEqual([]);
      await system.runner.whenIdle();
      expect(await traces(db)).toEqual(['told']);
      expect(await jobsIn(db, 'dead')).toHaveLength(1);
    });

    it('tells nobody when it was replaced meanwhile', async () => {
      const db = await databases.open();
      const given: string[] = [];
      const runs: string[] = [];
      const replaced = on(async (name) => {
        runs.push(name);
        if (name === 'new') return;
        await system.enqueue('new', { dedupeKey: 'key' });
        throw new Error('fails');
      }, once);
      const system = await started(db, {
        workers: [{ ...replaced, onGivenUp: async () => void given.push('given up') }],
      });
      await system.enqueue('old', { dedupeKey: 'key' });
      await system.runner.whenIdle();
      expect({ runs, given, jobs: await jobsIn(db) }).toEqual({ runs: ['old', 'new'], given: [], jobs: [] });
    });
  });

  describe('jobs that are forgotten', () => {
    it('are gone whether they wait, are dead, or both, and others stay', async () => {
      const db = await databases.open();
      const system = await started(db, {
        workers: [on(() => Promise.reject(new Error('fails')))],
      });
      await system.enqueue('dead', { dedupeKey: 'one' });
      await system.enqueue('dead too', { dedupeKey: 'three' });
      await advance(system, day);
      const later = system.clock.now() + day;
      await system.enqueue('live beside a dead one', { dedupeKey: 'one', dueAtMs: later });
      await system.enqueue('live', { dedupeKey: 'two', dueAtMs: later });
      await system.enqueue('another', { dedupeKey: 'four', dueAtMs: later });
      await system.enqueue('without a key', { dueAtMs: later });
      await db.transaction((tx) => system.queue.forget(tx, ['one', 'two', 'unknown']));
      const left = (await jobsIn(db)).map(({ payload_json }) => JSON.parse(payload_json).name);
      expect(left.sort()).toEqual(['another', 'dead too', 'without a key']);
      await db.transaction((tx) => system.queue.forget(tx, []));
      expect(await jobsIn(db)).toHaveLength(3);
    });
  });
});
