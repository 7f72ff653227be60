import { parseArgs } from 'node:util';
import type { RunningServer } from '../src/app/server.ts';
import { basicAuthorization, testAccount } from '../src/testing/index.ts';
import { type ChildServer, startChildServer } from '../tests/support/child-server.ts';
import {
  type BenchEngine,
  type BenchPlace,
  startPostgresEngine,
  startSqliteEngine,
} from './support/bench-engine.ts';
import { type CompiledPackage, compilePackage } from './support/compiled-package.ts';
import { optionsOfStart } from './support/compiled-server.ts';
import { openConnection } from './support/connection.ts';
import { checkCopies } from './support/copy-check.ts';
import { type DiskUse, measureDisk } from './support/disk-use.ts';
import {
  createGrowingStore,
  growStore,
  observationsOfLarge,
  observationsOfProfile,
} from './support/growing-store.ts';
import {
  type GrownStore,
  type GrowthOperation,
  growthOperations,
  growthRequests,
} from './support/growth-requests.ts';
import { type Chance, seededChance } from './support/invented-dialogue.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { readMemory } from './support/process-memory.ts';
import { sample } from './support/sample.ts';
import { type BenchServer, startBenchServer } from './support/server.ts';
import { printTable } from './support/table.ts';

const sizesDefault = '10000,100000,1000000';
const requestsDefault = 500;
const warmUpRequests = 200;
const rounds = 3;
/** What PostgreSQL should have on a machine with more than 8 GB; all else is as it comes. */
const postgresSettings = { shared_buffers: '2GB', max_wal_size: '2GB' };

/**
 * How long the operations that are used most take in small and in large stores, and what is on disk for them: stores of so many
 * profiles with ten observations each, one of 10,000, and a waiting conversation for every ten profiles. Each size has a
 * database of its own, all on one engine, and they are measured in turn, several rounds. One connection; the server is the compiled
 * package in a process of its own. `--engine sqlite|postgres`, `--sizes N,N,...`, `--requests N` of each operation a round.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { engine: { type: 'string' }, sizes: { type: 'string' }, requests: { type: 'string' } },
  });
  const requests = Number(values.requests ?? requestsDefault);
  await using started = new AsyncDisposableStack();
  disposeOnSignals(started);
  const compiled = compilePackage();
  started.defer(compiled.remove);
  const engine = await (values.engine === 'postgres'
    ? startPostgresEngine(postgresSettings)
    : startSqliteEngine());
  started.defer(engine.stop);

  const grown: Grown[] = [];
  for (const profiles of (values.sizes ?? sizesDefault).split(',').map(Number)) {
    grown.push(await grow(engine, profiles));
  }
  const visits = await visitInTurn(compiled, grown, requests);
  const sizes = grown.map(({ store, fillSeconds, disk }, at) => ({
    profiles: store.profiles,
    fillSeconds,
    disk,
    ...summarise(visits[at] ?? []),
  }));
  printSizes(sizes);
  return {
    benchmark: 'growth',
    machine: describeMachine(),
    database: engine.description,
    observationsOfEach: observationsOfProfile,
    observationsOfLargest: observationsOfLarge,
    requests,
    rounds,
    sizes,
    p95LargestToSmallest: compareEnds(sizes.map(({ operations }) => operations)),
  };
}

/** When somebody ends the benchmark half-way, what it has put on disk goes too. */
function disposeOnSignals(started: AsyncDisposableStack): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void started.disposeAsync().finally(() => process.exit(1)));
  }
}

/** A database that is full. */
interface Grown {
  readonly place: BenchPlace;
  readonly store: GrownStore;
  readonly fillSeconds: number;
  readonly disk: DiskUse;
}

async function grow(engine: BenchEngine, profiles: number): Promise<Grown> {
  const startedAt = performance.now();
  const place = await engine.createPlace();
  const made = await onBenchServer(place, createGrowingStore);
  const storage = await place.openStorage();
  await growStore(storage, made, profiles);
  const fillSeconds = Math.round((performance.now() - startedAt) / 1000);
  process.stderr.write(`${profiles} profiles: filled in ${fillSeconds} s\n`);
  const disk = await measureDisk(storage);
  await storage.close();
  await onBenchServer(place, (server) => checkCopies(server, made, profiles));
  return { place, store: { ...made, profiles }, fillSeconds, disk };
}

async function onBenchServer<T>(place: BenchPlace, work: (server: BenchServer) => Promise<T>): Promise<T> {
  const server = await startBenchServer(place);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/** What was measured of a database in one round. */
interface Visit {
  readonly startMs: number;
  readonly megabytes: number | null;
  readonly operations: Readonly<Record<Timed, Durations>>;
}

type Timed = GrowthOperation | 'timerTick';
interface Durations {
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** Every round goes to all sizes, so that whatever else the machine does falls on all of them. */
async function visitInTurn(
  compiled: CompiledPackage,
  grown: readonly Grown[],
  requests: number,
): Promise<Visit[][]> {
  const visits: Visit[][] = grown.map(() => []);
  for (let at = 0; at < rounds; at += 1) {
    for (const [size, { place, store }] of grown.entries()) {
      const visit = await visitServer(compiled, { place, store, requests, chance: seededChance(10 + at) });
      const timerTick = await onBenchServer(place, ({ running }) => tick(running, requests));
      visits[size]?.push({ ...visit, operations: { ...visit.operations, timerTick } });
    }
    process.stderr.write(`round ${at + 1} of ${rounds} is done\n`);
  }
  return visits;
}

interface Load {
  readonly place: BenchPlace;
  readonly store: GrownStore;
  readonly requests: number;
  readonly chance: Chance;
}

async function visitServer(compiled: CompiledPackage, load: Load) {
  const { place } = load;
  const startedAt = performance.now();
  const server = await startChildServer({
    dataDir: place.dataDir,
    command: [...optionsOfStart(), compiled.bin, 'serve'],
    env: { RAPPORT_LOG_LEVEL: 'error', ...place.env },
  });
  try {
    await untilReady(server);
    const startMs = Math.round(performance.now() - startedAt);
    const operations = await timeOperations(server, load);
    return { startMs, megabytes: readMemory(server.pid)?.megabytesNow ?? null, operations };
  } finally {
    server.signal('SIGTERM');
    await server.exited;
  }
}

async function untilReady(server: ChildServer): Promise<void> {
  while ((await server.request('GET', '/readyz')).status !== 200);
}

async function timeOperations(server: ChildServer, { store, requests, chance }: Load) {
  const authorization = basicAuthorization(testAccount.sid, testAccount.authToken);
  const connection = await openConnection(server.url, authorization);
  const next = await growthRequests(server, store, chance);
  const times = async (operation: GrowthOperation, count: number) =>
    sample(count, () => {
      const { method, path, body = '' } = next[operation]();
      return connection.send(method, path, body);
    });
  // The server compiles what it runs often.
  for (const operation of growthOperations) await times(operation, warmUpRequests);
  const durations: [GrowthOperation, Durations][] = [];
  for (const operation of growthOperations)
    durations.push([operation, toDurations(await times(operation, requests))]);
  connection.close();
  // Each operation is there once.
  return Object.fromEntries(durations) as Record<GrowthOperation, Durations>;
}

/** The look of the job runner for timers that are due, when none is; the question whether it is over is part of it. */
async function tick({ runner }: RunningServer, count: number): Promise<Durations> {
  const look = () => {
    runner.wake();
    return runner.whenIdle();
  };
  await sample(warmUpRequests, look);
  return toDurations(await sample(count, look));
}

/** Medians over the rounds. */
function summarise(visits: readonly Visit[]) {
  const names = [...growthOperations, 'timerTick'] as const;
  const operations = names.map((name) => [
    name,
    {
      p50Ms: median(visits.map((visit) => visit.operations[name].p50Ms)),
      p95Ms: median(visits.map((visit) => visit.operations[name].p95Ms)),
    },
  ]);
  return {
    startMs: median(visits.map(({ startMs }) => startMs)),
    megabytes: median(visits.map(({ megabytes }) => megabytes ?? 0)),
    // Each operation is there once.
    operations: Object.fromEntries(operations) as Visit['operations'],
  };
}

/** Each operation's 95th percentile in the largest store, as a multiple of that in the smallest. */
function compareEnds(sizes: readonly Visit['operations'][]): Record<string, number> {
  const [smallest, largest] = [sizes[0], sizes.at(-1)];
  if (!smallest || !largest) return {};
  return Object.fromEntries(
    // The operations are its keys.
    (Object.keys(smallest) as Timed[]).map((name) => [
      name,
      round(largest[name].p95Ms / smallest[name].p95Ms, 2),
    ]),
  );
}

function printSizes(sizes: readonly { profiles: number; operations: Visit['operations'] }[]): void {
  printTable(
    sizes.flatMap(({ profiles, operations }) =>
      Object.entries(operations).map(([operation, durations]) => ({ profiles, operation, ...durations })),
    ),
  );
}

function toDurations(durations: readonly number[]): Durations {
  return { p50Ms: round(percentile(durations, 0.5), 2), p95Ms: round(percentile(durations, 0.95), 2) };
}

function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5);
}
