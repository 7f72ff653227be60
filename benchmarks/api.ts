import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { basicAuthorization, testAccount } from '../src/testing/index.ts';
import { createApiWorld, type Request, requestsOf } from './support/api-world.ts';
import { type CompiledServer, startCompiledServer } from './support/compiled-server.ts';
import { sqliteDatabase, startPostgresDatabase } from './support/database.ts';
import { type Floors, floorPaths, startFloors } from './support/floors.ts';
import { type LoadResult, runLoad } from './support/load.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { printTable } from './support/table.ts';
import { installTools } from './support/tools.ts';

const connections = 32;
const roundsDefault = 3;
const secondsDefault = 3;

/** One line of the result: what is asked for, and what of the machine it is held against. */
interface Target {
  readonly name: string;
  readonly url: string;
  readonly requests: readonly Request[];
  /** Name of the target that this one is a ratio of. */
  readonly floor?: string;
  /** Things done by one request, where that is more than one. */
  readonly each?: number;
}

/**
 * Operations a second, and how long each takes, of the HTTP API over 32 connections, beside what this machine does with nothing
 * of ours in it: all of them in turn, several rounds, medians. The compiled server, the floors and the load are a process each.
 * `--engine sqlite|postgres`, `--rounds N`, `--seconds N` for each.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { engine: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' } },
  });
  const toolsOrigin = installTools();
  await using started = new AsyncDisposableStack();
  const database = values.engine === 'postgres' ? await startPostgresDatabase() : sqliteDatabase;
  started.defer(database.stop);
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  const floors = await startFloors(folder, database.env['DATABASE_URL']);
  started.defer(floors.stop);
  const server = await startCompiledServer({ RAPPORT_STORES_MAX: '100', ...database.env });
  started.defer(server.stop);

  const megabytesIdle = server.memory()?.megabytesNow ?? null;
  const targets = await targetsOf(server, floors, values.engine === 'postgres' ? 'postgres' : 'sqlite');
  const seconds = Number(values.seconds ?? secondsDefault);
  const rounds: Map<string, LoadResult>[] = [];
  for (let at = 0; at < Number(values.rounds ?? roundsDefault); at += 1) {
    rounds.push(await measureAll(toolsOrigin, targets, seconds));
  }
  const operations = targets.map((target) => summarise(target, rounds));
  printTable(operations);
  return {
    benchmark: 'api',
    machine: describeMachine(),
    database: database.description,
    nodeOptions: server.nodeOptions,
    connections,
    rounds: rounds.length,
    secondsEach: seconds,
    operations,
    megabytesIdle,
    megabytesPeak: server.memory()?.megabytesPeak ?? null,
  };
}

async function targetsOf(
  server: CompiledServer,
  floors: Floors,
  engine: 'sqlite' | 'postgres',
): Promise<Target[]> {
  const [readFloor, insertFloor] = [`Fastify + one ${engine} read`, `Fastify + one durable ${engine} insert`];
  const row = JSON.stringify({ name: 'a row', text: 'x'.repeat(200) });
  const read = engine === 'sqlite' ? floorPaths.sqliteRead : floorPaths.postgresRead;
  const insert = engine === 'sqlite' ? floorPaths.sqliteInsert : floorPaths.postgresInsert;
  const floor = (name: string, request: Request): Target => ({ name, url: floors.url, requests: [request] });
  const requests = requestsOf(await createApiWorld(server));
  const ours = (name: string, list: readonly Request[], more: Partial<Target> = {}): Target => ({
    name,
    url: server.url,
    requests: list,
    ...more,
  });
  return [
    floor('bare node:http', { method: 'GET', path: floorPaths.bare }),
    floor(readFloor, { method: 'GET', path: read }),
    ours('GET profile', requests.profile, { floor: readFloor }),
    ours('GET conversation', requests.conversation, { floor: readFloor }),
    ours('GET observation', requests.observation, { floor: readFloor }),
    floor(insertFloor, { method: 'POST', path: insert, body: row }),
    ours('POST communication', requests.communication, { floor: insertFloor }),
    ours('POST observations, 10 a request', requests.observations, { floor: insertFloor, each: 10 }),
    ours('PUT Profiles/Bulk, 100 a request', requests.bulk, { each: 100 }),
    ours('Recall, 500 memories', requests.recall, { floor: readFloor }),
  ];
}

async function measureAll(
  toolsOrigin: string,
  targets: readonly Target[],
  seconds: number,
): Promise<Map<string, LoadResult>> {
  const headers = {
    Authorization: basicAuthorization(testAccount.sid, testAccount.authToken),
    'Content-Type': 'application/json',
  };
  const results = new Map<string, LoadResult>();
  for (const { name, url, requests } of targets) {
    const result = await runLoad(toolsOrigin, { url, headers, requests, connections, seconds });
    process.stderr.write(`${name}: ${result.perSecond} a second\n`);
    if (result.failures > 0) throw new Error(`${name}: ${result.failures} requests failed`);
    results.set(name, result);
  }
  return results;
}

function summarise({ name, floor, each }: Target, rounds: readonly ReadonlyMap<string, LoadResult>[]) {
  const of = (key: keyof LoadResult, target = name) =>
    rounds.map((results) => results.get(target)?.[key] ?? 0);
  const perSecond = median(of('perSecond'));
  const ratios = of('perSecond').map((own, at) => own / (of('perSecond', floor)[at] ?? 1));
  return {
    name,
    perSecond,
    ...(each ? { thingsPerSecond: perSecond * each } : {}),
    p50Ms: median(of('p50Ms')),
    p95Ms: median(of('p95Ms')),
    p99Ms: median(of('p99Ms')),
    ...(floor ? { ofFloor: round(median(ratios), 2), floor } : {}),
  };
}

function median(numbers: readonly number[]): number {
  return percentile([...numbers], 0.5);
}
