import { parseArgs } from 'node:util';
import { basicAuthorization, testAccount } from '../src/testing/index.ts';
import { type ChildServer, startChildServer } from '../tests/support/child-server.ts';
import { type CompiledPackage, compilePackage } from '../tests/support/compiled-package.ts';
import {
  type BenchEngine,
  type BenchPlace,
  startPostgresEngine,
  startSqliteEngine,
} from './support/bench-engine.ts';
import { optionsOfStart } from './support/compiled-server.ts';
import { type Connection, openConnection } from './support/connection.ts';
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
  type Requests,
} from './support/growth-requests.ts';
import { seededChance } from './support/invented-dialogue.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { readMemory } from './support/process-memory.ts';
import { sampleInTurn } from './support/sample.ts';
import { type BenchServer, startBenchServer } from './support/server.ts';
import { printTable } from './support/table.ts';

const sizesDefault = '10000,100000,1000000';
const requestsDefault = 500;
const warmUpRequests = 100;
const rounds = 3;
const firstSeed = 10;
/** What PostgreSQL should have on a machine with more than 8 GB; all else is as it comes. */
const postgresSettings = { shared_buffers: '2GB', max_wal_size: '2GB' };

/**
 * How long the operations that are used most take in small and in large stores, and what is on disk for them: stores of so many
 * profiles with ten observations each, one of 10,000, and a waiting conversation for every ten profiles. Each size has a
 * database and a server of its own, the compiled package, and requests go to one size after the other, one at a time: whatever else
 * the machine does falls on all of them. Medians over several rounds. `--engine sqlite|postgres`, `--sizes N,N,...`, `--requests N` of each operation a round.
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
  const visits = await visitAll(compiled, grown, requests);
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

/** Of each size a visit for each round. */
async function visitAll(
  compiled: CompiledPackage,
  grown: readonly Grown[],
  requests: number,
): Promise<Visit[][]> {
  const visits: Visit[][] = grown.map(() => []);
  for (let at = 0; at < rounds; at += 1) {
    const served = await visitServers(compiled, grown, { requests, seed: firstSeed + at });
    const ticks = await timeTicks(grown, requests);
    for (const [size, { operations, ...visit }] of served.entries()) {
      const timerTick = ticks[size] ?? toDurations([]);
      visits[size]?.push({ ...visit, operations: { ...operations, timerTick } });
    }
    process.stderr.write(`round ${at + 1} of ${rounds} is done\n`);
  }
  return visits;
}

/** The servers of all sizes at once, of which one at a time has something to do. */
async function visitServers(
  compiled: CompiledPackage,
  grown: readonly Grown[],
  { requests, seed }: { requests: number; seed: number },
) {
  await using started = new AsyncDisposableStack();
  const clients: Client[] = [];
  for (const { place, store } of grown) {
    const { server, startMs } = await startServer(compiled, place);
    started.defer(async () => {
      server.signal('SIGTERM');
      await server.exited;
    });
    const authorization = basicAuthorization(testAccount.sid, testAccount.authToken);
    const connection = await openConnection(server.url, authorization);
    started.defer(async () => connection.close());
    const next = await growthRequests(server, store, seededChance(seed));
    clients.push({ server, startMs, connection, next });
  }
  const operations = await timeOperations(clients, requests);
  return clients.map(({ server, startMs }, at) => ({
    startMs,
    megabytes: readMemory(server.pid)?.megabytesNow ?? null,
    // Each operation is there once.
    operations: Object.fromEntries(
      operations.map(([operation, ofSizes]) => [operation, ofSizes[at]]),
    ) as Record<GrowthOperation, Durations>,
  }));
}

interface Client {
  readonly server: ChildServer;
  readonly startMs: number;
  readonly connection: Connection;
  readonly next: Requests;
}

async function startServer(compiled: CompiledPackage, { dataDir, env }: BenchPlace) {
  const startedAt = performance.now();
  const server = await startChildServer({
    dataDir,
    command: [...optionsOfStart(), compiled.bin, 'serve'],
    env: { RAPPORT_LOG_LEVEL: 'error', ...env },
  });
  await untilReady(server);
  return { server, startMs: Math.round(performance.now() - startedAt) };
}

async function untilReady(server: ChildServer): Promise<void> {
  while ((await server.request('GET', '/readyz')).status !== 200);
}

/** Of each operation the durations in each size. */
async function timeOperations(
  clients: readonly Client[],
  requests: number,
): Promise<(readonly [GrowthOperation, Durations[]])[]> {
  const actionsOf = (operation: GrowthOperation) =>
    clients.map(({ connection, next }) => () => {
      const { method, path, body = '' } = next[operation]();
      return connection.send(method, path, body);
    });
  // The server compiles what it runs often.
  for (const operation of growthOperations) await sampleInTurn(warmUpRequests, actionsOf(operation));
  const operations: (readonly [GrowthOperation, Durations[]])[] = [];
  for (const operation of growthOperations) {
    const samples = await sampleInTurn(requests, actionsOf(operation));
    operations.push([operation, samples.map(toDurations)]);
  }
  return operations;
}

/** Looks of the job runner for timers that are due, when none is; the question whether a look is over is part of it. */
async function timeTicks(grown: readonly Grown[], count: number): Promise<Durations[]> {
  await using started = new AsyncDisposableStack();
  const looks: (() => Promise<void>)[] = [];
  for (const { place } of grown) {
    const server = await startBenchServer(place);
    started.defer(server.stop);
    const { runner } = server.running;
    looks.push(() => {
      runner.wake();
      return runner.whenIdle();
    });
  }
  await sampleInTurn(warmUpRequests, looks);
  return (await sampleInTurn(count, looks)).map(toDurations);
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
