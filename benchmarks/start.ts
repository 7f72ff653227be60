import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { testAccount } from '../src/testing/index.ts';
import { startChildServer } from '../tests/support/child-server.ts';
import { type CompiledPackage, compilePackage } from '../tests/support/compiled-package.ts';
import { optionsOfStart } from './support/compiled-server.ts';
import { seededChance } from './support/invented-dialogue.ts';
import { embedWords } from './support/invented-vectors.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { fillWithTurns, fillWithVectors } from './support/memory-filling.ts';
import { readMemory } from './support/process-memory.ts';
import { processorMs } from './support/process-time.ts';
import { multiplyProfile } from './support/profile-copies.ts';
import { startBenchServer } from './support/server.ts';
import { createStore } from './support/store.ts';

const gigabytesDefault = 10;
const startsDefault = 5;
const memories = 500;
/** After it has begun to listen a server still tidies up what its start left behind. */
const settleMs = 2000;

/**
 * Milliseconds from the start of the process to the first answer that it is ready, and its memory when it is idle: of an empty
 * SQLite database and of one with 10 GB of profiles, 500 observations with vectors each. The compiled package, started as
 * `npm start` does it, each time anew; the system keeps what it likes of the file. `--gigabytes N`, `--starts N`.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { gigabytes: { type: 'string' }, starts: { type: 'string' } },
  });
  const starts = Number(values.starts ?? startsDefault);
  await using started = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  started.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const compiled = compilePackage();
  started.defer(compiled.remove);
  // The first start makes the database, and the files that later starts find compiled.
  const first = await startOnce(compiled, dataDir);
  const empty = await measureStarts(compiled, dataDir, starts);
  const copies = await fillDatabase(dataDir, Number(values.gigabytes ?? gigabytesDefault) * 1e9);
  const full = await measureStarts(compiled, dataDir, starts);
  return {
    benchmark: 'start',
    machine: describeMachine(),
    nodeOptions: optionsOfStart(),
    database: 'SQLite',
    starts,
    first,
    empty,
    full: { gigabytes: round(statSync(databaseOf(dataDir)).size / 1e9, 2), profiles: copies, ...full },
  };
}

function databaseOf(dataDir: string): string {
  return join(dataDir, 'rapport.db');
}

interface Start {
  readonly readyMs: number;
  /** Of the processor until then; other programs on the machine change it less. */
  readonly processorMs: number;
  /** Resident memory some seconds later. */
  readonly megabytesIdle: number;
}

async function measureStarts(compiled: CompiledPackage, dataDir: string, count: number) {
  const all: Start[] = [];
  while (all.length < count) all.push(await startOnce(compiled, dataDir));
  const readyMs = all.map((one) => one.readyMs);
  const median = (of: (one: Start) => number) => percentile(all.map(of), 0.5);
  return {
    readyMs: { median: percentile(readyMs, 0.5), most: Math.max(...readyMs) },
    processorMs: median((one) => one.processorMs),
    megabytesIdle: median((one) => one.megabytesIdle),
  };
}

async function startOnce(compiled: CompiledPackage, dataDir: string): Promise<Start> {
  const startedAt = performance.now();
  const server = await startChildServer({
    dataDir,
    command: [...optionsOfStart(), compiled.bin, 'serve'],
    env: { RAPPORT_LOG_LEVEL: 'warn' },
  });
  try {
    const { status } = await server.request('GET', '/readyz');
    if (status !== 200) throw new Error(`the server has begun to listen but is not ready: ${status}`);
    const readyMs = Math.round(performance.now() - startedAt);
    const usedMs = processorMs(server.pid);
    process.stderr.write(`ready after ${readyMs} ms, ${usedMs} of them on a processor\n`);
    await delay(settleMs);
    return { readyMs, processorMs: usedMs, megabytesIdle: readMemory(server.pid)?.megabytesNow ?? 0 };
  } finally {
    server.signal('SIGTERM');
    await server.exited;
  }
}

/** Copies of one profile until the database is as large as this; their number. */
async function fillDatabase(dataDir: string, bytes: number): Promise<number> {
  const server = await startBenchServer({ dataDir });
  const storeId = await createStore(server, 'start');
  const { id } = await server.call<{ id: string }>('POST', `/v1/Stores/${storeId}/Profiles`, {
    traits: { Contact: { email: 'customer@example.com' } },
  });
  const profile = { accountId: testAccount.sid, storeId, profileId: id };
  const { context } = server.running;
  const rows = await fillWithTurns(context, profile, { count: memories, chance: seededChance(1) });
  await fillWithVectors(context, profile, { model: 'bench-384', rows, embed: embedWords });
  await server.stop();
  return multiplyProfile(databaseOf(dataDir), id, bytes);
}
