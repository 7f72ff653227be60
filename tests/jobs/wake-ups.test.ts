import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../src/runtime/clock.ts';
import { openDatabase } from '../../src/storage/index.ts';
import { jobSystem, on, testJob } from '../support/jobs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Less than the slow poll, which finds in the end whatever a wake-up missed. */
const promptlyMs = 700;

it('a job is noticed promptly at whatever moment of a look for jobs it is committed', async () => {
  const file = join(temporaryFolder(), 'rapport.db');
  const db = await openDatabase({ sqliteFile: file });
  const outside = new Sqlite(file);
  const insert = outside.prepare(
    `insert into jobs (id, account_id, name, payload_json, state, due_at, attempts, created_at)
     values (?, 'AC1', '${testJob.name}', '{"name":"a"}', 'ready', 0, 0, 0)`,
  );
  // A look asks for the time twice, after each time it has read; at one of these moments the job appears, with its wake-up.
  let callsUntilCommit = Number.POSITIVE_INFINITY;
  const clock: Clock = {
    now: () => {
      callsUntilCommit -= 1;
      if (callsUntilCommit === 0) {
        insert.run(`job-${Math.random()}`);
        system.runner.wake();
      }
      return Date.now();
    },
    wallNow: () => Date.now(),
  };
  let onRun: () => void = () => undefined;
  const system = jobSystem(db, { clock, workers: [on(async () => onRun())] });
  onTestFinished(async () => {
    await system.stop();
    await db.close();
    outside.close();
  });
  // Something is always waiting, so that every look gets to its end.
  await system.enqueue('much later', { dueAtMs: Date.now() + 3_600_000 });
  await system.runner.start();
  for (const call of [1, 2]) {
    await system.runner.whenIdle();
    const ran = new Promise<void>((resolve) => {
      onRun = resolve;
    });
    callsUntilCommit = call;
    const beganAt = performance.now();
    system.runner.wake();
    await ran;
    expect(performance.now() - beganAt, `committed at call ${call}`).toBeLessThan(promptlyMs);
  }
});
