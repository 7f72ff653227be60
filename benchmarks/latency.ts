import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { basicAuthorization, testAccount } from '../src/testing/index.ts';
import { type ChildServer, startChildServer } from '../tests/support/child-server.ts';
import { type CompiledPackage, compilePackage } from '../tests/support/compiled-package.ts';
import { type EmbeddingServer, startEmbeddingServer } from '../tests/support/embedding-server.ts';
import { optionsOfStart } from './support/compiled-server.ts';
import { openConnection } from './support/connection.ts';
import { type Chance, inventQuestion, seededChance } from './support/invented-dialogue.ts';
import { embedWords } from './support/invented-vectors.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { type FilledProfile, fillWithTurns, fillWithVectors } from './support/memory-filling.ts';
import { processorMs } from './support/process-time.ts';
import { type BenchServer, startBenchServer } from './support/server.ts';
import { createStore } from './support/store.ts';

const sizes = { small: 500, large: 10_000 } as const;
type Size = keyof typeof sizes;
const othersDefault = 1_000_000;
const memoriesOfOther = 500;
const requestsDefault = 2000;
const connectionsMany = 32;
const rounds = 3;
/** As many vectors of queries are remembered by the server, so that the model's time is not what is measured. */
const questionsMax = 500;
const model = 'bench-384';

/**
 * How long Recall takes over HTTP for profiles of 500 and 10,000 observations, over one connection and over 32: with these
 * profiles alone, among a million observations of others, and with vectors of 384 numbers. The server is the compiled package in a
 * process of its own; the load comes from this one. `--others N`, `--requests N`, `--profile FOLDER` (writes CPU profiles there).
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { others: { type: 'string' }, requests: { type: 'string' }, profile: { type: 'string' } },
  });
  const others = Number(values.others ?? othersDefault);
  const requests = Number(values.requests ?? requestsDefault);
  const dataDir = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  const compiled = compilePackage();
  const embeddings = await startEmbeddingServer(embedWords);
  try {
    const bench = { dataDir, compiled, embeddings, requests, profileFolder: values.profile };
    const profiles = await onBenchServer(dataDir, fillBoth);
    const alone = await measureBoth(bench, profiles);
    await onBenchServer(dataDir, (server) => fillOthers(server, profiles.small.storeId, others));
    const amongOthers = await measureBoth(bench, profiles);
    const hybrid = await measureBoth(bench, profiles, embeddings);
    return {
      benchmark: 'latency',
      machine: describeMachine(),
      database: 'SQLite',
      requests,
      rounds,
      others,
      alone,
      amongOthers,
      hybrid,
    };
  } finally {
    await embeddings.stop();
    compiled.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Profiles = Readonly<Record<Size, FilledProfile>>;

interface Bench {
  readonly dataDir: string;
  readonly compiled: CompiledPackage;
  readonly requests: number;
  readonly profileFolder: string | undefined;
}

async function onBenchServer<T>(dataDir: string, work: (server: BenchServer) => Promise<T>): Promise<T> {
  const server = await startBenchServer({ dataDir });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

async function fillBoth(server: BenchServer): Promise<Profiles> {
  const storeId = await createStore(server, 'latency');
  const chance = seededChance(1);
  return {
    small: await fillProfile(server, storeId, sizes.small, chance),
    large: await fillProfile(server, storeId, sizes.large, chance),
  };
}

/** A profile with observations and their vectors; without a model vectors are not looked at. */
async function fillProfile(
  server: BenchServer,
  storeId: string,
  count: number,
  chance: Chance,
): Promise<FilledProfile> {
  const profile = await createProfile(server, storeId, `of-${count}`);
  const { context } = server.running;
  const rows = await fillWithTurns(context, profile, { count, chance });
  await fillWithVectors(context, profile, { model, rows, embed: embedWords });
  return profile;
}

async function fillOthers(server: BenchServer, storeId: string, others: number): Promise<void> {
  const chance = seededChance(2);
  for (let done = 0; done < others; done += memoriesOfOther) {
    const profile = await createProfile(server, storeId, `other-${done}`);
    const count = Math.min(memoriesOfOther, others - done);
    await fillWithTurns(server.running.context, profile, { count, chance, areLinked: false });
    if (done % 100_000 === 0) process.stderr.write(`${done} observations of others\n`);
  }
}

async function createProfile(server: BenchServer, storeId: string, name: string): Promise<FilledProfile> {
  const { id } = await server.call<{ id: string }>('POST', `/v1/Stores/${storeId}/Profiles`, {
    traits: { Contact: { email: `${name}@example.com` } },
  });
  return { accountId: testAccount.sid, storeId, profileId: id };
}

/** Starts the server and asks it about both profiles. */
async function measureBoth(bench: Bench, profiles: Profiles, embeddings?: EmbeddingServer) {
  const server = await startChildServer({
    dataDir: bench.dataDir,
    command: [...optionsOfStart(), ...profilingOptions(bench), bench.compiled.bin, 'serve'],
    env: {
      RAPPORT_LOG_LEVEL: 'error',
      ...(embeddings
        ? {
            RAPPORT_EMBEDDINGS_BASE_URL: embeddings.baseUrl,
            RAPPORT_EMBEDDINGS_MODEL: model,
            RAPPORT_EMBEDDINGS_TIMEOUT_MS: '10000',
          }
        : {}),
    },
  });
  try {
    return {
      [sizes.small]: await measureProfile(server, profiles.small, bench.requests),
      [sizes.large]: await measureProfile(server, profiles.large, bench.requests),
    };
  } finally {
    if (bench.profileFolder) server.signal('SIGTERM');
    else await server.kill();
    await server.exited;
  }
}

function profilingOptions({ profileFolder }: Bench): string[] {
  return profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
}

async function measureProfile(server: ChildServer, profile: FilledProfile, requests: number) {
  const chance = seededChance(3);
  const questions = Array.from({ length: questionsMax }, () => inventQuestion(chance));
  const path = `/v1/Stores/${profile.storeId}/Profiles/${profile.profileId}/Recall`;
  const ask = (atOnce: number) => measure(server, { path, questions, count: requests, atOnce });
  // The server compiles what it runs often.
  await ask(connectionsMany);
  return {
    oneConnection: await quietest(() => ask(1)),
    manyConnections: await quietest(() => ask(connectionsMany)),
  };
}

/** The round that others on the machine disturbed least. */
async function quietest<T extends { readonly p50Ms: number }>(round: () => Promise<T>): Promise<T> {
  const results: T[] = [];
  while (results.length < rounds) results.push(await round());
  return results.reduce((best, result) => (result.p50Ms < best.p50Ms ? result : best));
}

/** Milliseconds that answers took, how many came in a second, and the processor time that the server spent on one. */
async function measure(
  server: ChildServer,
  load: { path: string; questions: readonly string[]; count: number; atOnce: number },
) {
  const { path, questions, count, atOnce } = load;
  const authorization = basicAuthorization(testAccount.sid, testAccount.authToken);
  const connections = await Promise.all(
    Array.from({ length: atOnce }, () => openConnection(server.url, authorization)),
  );
  const durations: number[] = [];
  let sent = 0;
  const before = processorMs(server.pid);
  const startedAt = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (sent < count) {
        const body = JSON.stringify({ query: questions[sent++ % questions.length] });
        durations.push(await connection.send('POST', path, body));
      }
    }),
  );
  const ms = performance.now() - startedAt;
  const serverMs = processorMs(server.pid) - before;
  for (const connection of connections) connection.close();
  const result = {
    p50Ms: round(percentile(durations, 0.5), 2),
    p95Ms: round(percentile(durations, 0.95), 2),
    p99Ms: round(percentile(durations, 0.99), 2),
    perSecond: Math.round((1000 * count) / ms),
    perSecondOfServerCpu: Math.round((1000 * count) / serverMs),
  };
  process.stderr.write(`${path.slice(-40, -7)} over ${atOnce}: ${JSON.stringify(result)}\n`);
  return result;
}
