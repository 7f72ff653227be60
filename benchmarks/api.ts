import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { basicAuthorization, testAccount } from '../src/testing/index.ts';
import { compilePackage } from '../tests/support/compiled-package.ts';
import { measureRound, type Results, summarise } from './support/api-rounds.ts';
import {
  connectionsDefault,
  type Engine,
  type Target,
  targetsOfApi,
  targetsOfHybrid,
} from './support/api-targets.ts';
import { createApiWorld, type Request, type Size, sizes } from './support/api-world.ts';
import { type CompiledServer, startCompiledServer } from './support/compiled-server.ts';
import { sqliteDatabase, startPostgresDatabase } from './support/database.ts';
import { startFloors } from './support/floors.ts';
import { describeMachine } from './support/machine.ts';
import { startPeers } from './support/peers/peers.ts';
import { memoryCounts, modelSettings, rememberInServer, startFakeModel } from './support/remembered.ts';
import { createStore } from './support/store.ts';
import { printTable } from './support/table.ts';
import { installTools } from './support/tools.ts';

const roundsDefault = 3;
const secondsDefault = 3;
const warmUpSeconds = 1;

/**
 * Operations a second of the HTTP API, how long each takes and what it costs, over 32 connections, beside what this machine does
 * with nothing of ours in it: all of them in turn, several rounds, medians. One server has no model; another one, with an embedding
 * model that costs next to nothing, answers the hybrid Recalls (it remembers the vectors of recent queries, as it does in use). The
 * compiled servers, the floors and the load are a process each. `--peers` adds what users would otherwise take, with the same memories,
 * questions and model, each behind bare node:http in a process of its own; they are installed into a folder of the benchmark's.
 * `--engine sqlite|postgres`, `--size small|large` (see `sizes`), `--rounds N`, `--seconds N` for each.
 */
export async function run(args: string[]): Promise<unknown> {
  const settings = readSettings(args);
  const tools = installTools('load');
  await using started = new AsyncDisposableStack();
  const postgres = settings.engine === 'postgres' ? await startPostgresDatabase() : undefined;
  if (postgres) started.defer(postgres.stop);
  const database = postgres ?? sqliteDatabase;
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  const floors = await startFloors(folder, database.env['DATABASE_URL']);
  started.defer(floors.stop);
  const model = await startFakeModel();
  started.defer(model.stop);
  const compiled = compilePackage();
  started.defer(compiled.remove);
  const start = async (env: Readonly<Record<string, string>>) => {
    const server = await startCompiledServer({ RAPPORT_STORES_MAX: '100', ...env }, { compiled });
    started.defer(server.stop);
    return server;
  };
  const server = await start(database.env);
  const megabytesIdle = server.memory()?.megabytesNow ?? null;
  const hybrid = await start({
    ...modelSettings(model),
    ...(postgres && { DATABASE_URL: await postgres.createDatabase() }),
  });
  const world = await createApiWorld(server, settings.size);
  const recalls = await rememberAll(hybrid);
  const peers = settings.peers ? await startPeers(model.baseUrl, postgres) : [];
  for (const { stop } of peers) started.defer(stop);
  const targets = [
    ...targetsOfApi(server, floors, { world, engine: settings.engine }),
    ...targetsOfHybrid(hybrid, recalls),
    ...peers.flatMap((peer) => peer.targets),
  ];
  const operations = await measure(tools, targets, settings);
  return {
    benchmark: 'api',
    machine: describeMachine(),
    database: database.description,
    nodeOptions: server.nodeOptions,
    connections: connectionsDefault,
    rounds: settings.rounds,
    secondsEach: settings.seconds,
    size: { name: settings.size, around: sizes[settings.size] },
    operations,
    ...(settings.peers && { peers: peers.map(({ targets: _, stop: __, ...about }) => about) }),
    megabytesIdle,
  };
}

interface Settings {
  readonly engine: Engine;
  readonly size: Size;
  readonly peers: boolean;
  readonly rounds: number;
  readonly seconds: number;
}

function readSettings(args: string[]): Settings {
  const { values } = parseArgs({
    args,
    options: {
      engine: { type: 'string' },
      size: { type: 'string' },
      peers: { type: 'boolean' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
    },
  });
  return {
    engine: values.engine === 'postgres' ? 'postgres' : 'sqlite',
    size: values.size === 'large' ? 'large' : 'small',
    peers: values.peers ?? false,
    rounds: Number(values.rounds ?? roundsDefault),
    seconds: Number(values.seconds ?? secondsDefault),
  };
}

async function rememberAll(server: CompiledServer): Promise<Map<number, Request[]>> {
  const storeId = await createStore(server, `hybrid-${process.pid}`);
  const recalls = new Map<number, Request[]>();
  for (const count of memoryCounts) recalls.set(count, await rememberInServer(server, storeId, count));
  return recalls;
}

async function measure(tools: string, targets: readonly Target[], { rounds, seconds }: Settings) {
  const headers = {
    Authorization: basicAuthorization(testAccount.sid, testAccount.authToken),
    'Content-Type': 'application/json',
  };
  // A server compiles what it runs often, and keeps at hand what it was asked for.
  const ours = targets.filter(({ peerOf }) => !peerOf);
  await measureRound(tools, ours, { headers, seconds: warmUpSeconds });
  const results: Results[] = [];
  while (results.length < rounds) results.push(await measureRound(tools, targets, { headers, seconds }));
  const operations = targets.map((target) => summarise(target, results));
  printTable(operations);
  return operations;
}
