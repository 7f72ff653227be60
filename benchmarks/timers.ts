import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RunningServer } from '../src/app/server.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { countQueries } from './support/queries.ts';
import { sample } from './support/sample.ts';
import { type BenchServer, startBenchServer } from './support/server.ts';

const conversationsDefault = 100_000;
const idleSeconds = 10;
const ticks = 500;
const timersOneByOne = 200;
const timersAtOnce = 1000;
/** Longer ago than the timers of the conversations take. */
const longAgoMs = 48 * 3_600_000;
const fill = fileURLToPath(new URL('support/waiting-conversations.ts', import.meta.url));

/**
 * What conversations cost that wait for their timers: the look of the job runner that finds nothing due, a timer that comes due,
 * and the processor time and memory of a server that does nothing, with an empty database and with a full one. On SQLite, server
 * and benchmark in one process. `--conversations N`.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({ args, options: { conversations: { type: 'string' } } });
  const conversations = Number(values.conversations ?? conversationsDefault);
  const dataDir = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  try {
    // The first server of a process is slower than those after it.
    await onServer(dataDir, async ({ running }) => [await measureTicks(running), await measureIdle()]);
    const empty = await onServer(dataDir, async ({ running }) => {
      const tick = await measureTicks(running);
      return { ...(await measureIdle()), tick };
    });
    execFileSync(process.execPath, [fill, dataDir, String(conversations)], { stdio: 'inherit' });
    const startedAt = performance.now();
    const waiting = await onServer(dataDir, async ({ running }) => {
      const startMs = round(performance.now() - startedAt);
      const tick = await measureTicks(running);
      const idle = await measureIdle();
      const timer = await measureTimers(running);
      return { startMs, ...idle, tick, timer, atOnce: await measureTimersAtOnce(running) };
    });
    const databaseMegabytes = round(statSync(join(dataDir, 'rapport.db')).size / 2 ** 20);
    return {
      benchmark: 'timers',
      machine: describeMachine(),
      database: 'SQLite',
      conversations,
      databaseMegabytes,
      empty,
      waiting,
    };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function onServer<T>(dataDir: string, measure: (server: BenchServer) => Promise<T>): Promise<T> {
  const server = await startBenchServer({ dataDir });
  try {
    return await measure(server);
  } finally {
    await server.stop();
  }
}

/** Processor time and memory of a server that nobody asks for anything. */
async function measureIdle() {
  collectGarbage();
  // What the start and the benchmark itself have left to do.
  await delay(2000);
  const residentMegabytes = round(process.memoryUsage().rss / 2 ** 20);
  const before = process.cpuUsage();
  await delay(idleSeconds * 1000);
  const { user, system } = process.cpuUsage(before);
  return { residentMegabytes, cpuMsPerSecond: round((user + system) / 1000 / idleSeconds, 2) };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  // What the flag has just made.
  (runInNewContext('gc') as () => void)();
}

/** A look of the job runner that finds nothing due; the question whether it is idle, by which its end is seen, is taken off. */
async function measureTicks({ context, runner }: RunningServer) {
  return countQueries(context.db, async (queries) => {
    const idleMs = await sample(ticks, () => runner.whenIdle());
    const idleQueries = queries() / ticks;
    const lookMs = await sample(ticks, () => {
      runner.wake();
      return runner.whenIdle();
    });
    // The runner's own looks, once a second, are a fraction of one.
    const lookQueries = Math.round(queries() / ticks - 2 * idleQueries);
    return { ms: round(percentile(lookMs, 0.5) - percentile(idleMs, 0.5), 3), queries: lookQueries };
  });
}

/** Timers that come due one by one, each from the look that finds it to the one after it: the move to INACTIVE and its event. */
async function measureTimers({ context, runner }: RunningServer) {
  return countQueries(context.db, async (queries) => {
    const durations: number[] = [];
    let count = 0;
    for (let at = 0; at < timersOneByOne; at += 1) {
      await makeDue(context, 1);
      const before = queries();
      const startedAt = performance.now();
      runner.wake();
      await runner.whenIdle();
      durations.push(performance.now() - startedAt);
      count += queries() - before;
    }
    return {
      p50Ms: round(percentile(durations, 0.5), 2),
      p95Ms: round(percentile(durations, 0.95), 2),
      queries: round(count / timersOneByOne),
    };
  });
}

async function measureTimersAtOnce({ context, runner }: RunningServer) {
  await makeDue(context, timersAtOnce);
  const startedAt = performance.now();
  runner.wake();
  await runner.whenIdle();
  const seconds = (performance.now() - startedAt) / 1000;
  return { timers: timersAtOnce, timersPerSecond: Math.round(timersAtOnce / seconds) };
}

/** Moves conversations that wait into the past, so that it is time for them to be INACTIVE. */
async function makeDue({ db, clock }: RunningServer['context'], count: number): Promise<void> {
  const past = clock.now() - longAgoMs;
  await db.transaction(async (tx) => {
    const waiting = await tx
      .selectFrom('jobs')
      .select(['id', 'account_id', 'payload_json'])
      .where('lane', '=', 'main')
      .where('state', '=', 'ready')
      .where('name', '=', 'conversation.timer')
      .where('due_at', '>', clock.now())
      .orderBy('due_at')
      .limit(count)
      .execute();
    for (const { id, account_id, payload_json } of waiting) {
      const { conversationId } = JSON.parse(payload_json) as { conversationId: string };
      await tx
        .updateTable('conversations')
        .set({ timers_from: past, channel_activity_json: JSON.stringify({ SMS: past }) })
        .where('account_id', '=', account_id)
        .where('id', '=', conversationId)
        .execute();
      await tx.updateTable('jobs').set({ due_at: clock.now() }).where('id', '=', id).execute();
    }
  });
}
