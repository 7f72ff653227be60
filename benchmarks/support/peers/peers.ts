import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hybridName, type Source, type Target, target } from '../api-targets.ts';
import { findPgvector, type PostgresBench, startPostgresDatabase } from '../database.ts';
import { dimension } from '../invented-vectors.ts';
import { round } from '../machine.ts';
import { embeddingModel, inventMemories, inventQuestions, memoryCounts } from '../remembered.ts';
import { installTools, toolSets } from '../tools.ts';
import type { PeerSettings } from './peer.ts';

/** What users would otherwise take, in their packages' words. */
const peers = {
  mem0: { title: 'mem0ai OSS', packages: ['mem0ai', 'better-sqlite3'] },
  inMemoryStore: { title: 'LangGraph InMemoryStore', packages: ['@langchain/langgraph'] },
  postgresStore: {
    title: 'LangGraph PostgresStore',
    packages: ['@langchain/langgraph', '@langchain/langgraph-checkpoint-postgres'],
  },
} as const;
export type PeerName = keyof typeof peers;

/** One that runs, or why it does not. */
export interface StartedPeer {
  readonly name: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What it was run on. */
  readonly about?: Readonly<Record<string, string>>;
  /** Memories that it holds of each owner: fewer than there are when filling took too long. */
  readonly memories?: Readonly<Record<string, number>>;
  /** Answers to a question of those with the most memories, on average. */
  readonly answers?: number;
  readonly problem?: string;
  readonly targets: readonly Target[];
  stop(): Promise<void>;
}

const child = fileURLToPath(new URL('peer-child.ts', import.meta.url));
const textsAtOnce = 100;
/** Filling a peer ends after so long. */
const fillSecondsMax = 300;
const questionsTried = 20;
const secondsMin = 5;

/**
 * Peers in a process each that hold the memories; one that cannot be started here says why. `postgres` is started for them if
 * there is none.
 */
export async function startPeers(modelUrl: string, postgres?: PostgresBench): Promise<StartedPeer[]> {
  const started: StartedPeer[] = [];
  for (const key of Object.keys(peers) as PeerName[]) started.push(await startPeer(key, modelUrl, postgres));
  return started;
}

async function startPeer(key: PeerName, modelUrl: string, postgres?: PostgresBench): Promise<StartedPeer> {
  const { title: name, packages } = peers[key];
  const versions = Object.fromEntries(packages.map((one) => [one, toolSets.peers[one]]));
  await using opened = new AsyncDisposableStack();
  try {
    const model = { modelUrl, model: embeddingModel, dimension };
    const database = key === 'postgresStore' ? await openDatabase(opened, postgres) : {};
    const settings = { origin: installTools('peers'), ...model, ...database };
    const source = await startChild(opened, key, settings);
    const filled = await fill(name, source);
    const resources = opened.move();
    const stop = () => resources.disposeAsync();
    return {
      name,
      versions,
      ...(database.about && { about: database.about }),
      ...filled,
      targets: targetsOf(name, source),
      stop,
    };
  } catch (error) {
    return { name, versions, problem: String(error).slice(0, 500), targets: [], stop: async () => undefined };
  }
}

async function openDatabase(
  opened: AsyncDisposableStack,
  given: PostgresBench | undefined,
): Promise<Pick<PeerSettings, 'postgresUrl' | 'hasVectors'> & Pick<StartedPeer, 'about'>> {
  const postgres = given ?? opened.adopt(await startPostgresDatabase(), ({ stop }) => stop());
  const postgresUrl = await postgres.createDatabase();
  const vectors = await findPgvector(postgresUrl);
  const index = vectors
    ? `pgvector ${vectors}`
    : 'none: this PostgreSQL has no pgvector, so it goes by words alone';
  return { postgresUrl, hasVectors: vectors !== undefined, about: { ...postgres.description, index } };
}

/** Telemetry is off, and nothing of the user's home is read or written. */
async function startChild(
  opened: AsyncDisposableStack,
  name: PeerName,
  settings: PeerSettings,
): Promise<Source> {
  const home = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  opened.defer(() => rmSync(home, { recursive: true, force: true }));
  const server = spawn(process.execPath, [child, name, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      MEM0_DIR: join(home, '.mem0'),
      MEM0_TELEMETRY: 'false',
      LANGCHAIN_TRACING_V2: 'false',
    },
  });
  const exited = once(server, 'exit');
  opened.defer(async () => {
    server.kill('SIGKILL');
    await exited;
  });
  const [line] = await Promise.race([once(server.stdout, 'data'), failOn(exited)]);
  const url = String(line).trim();
  return {
    url,
    // It has written its URL, so it was started.
    pid: server.pid as number,
    idle: async () => void (await send(url, '/idle', {})),
  };
}

async function failOn(exited: Promise<unknown[]>): Promise<never> {
  const [code] = await exited;
  throw new Error(`its process ended with ${code}`);
}

async function send<T>(url: string, path: string, body: object): Promise<T> {
  const response = await fetch(url + path, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path} answered ${await response.text()}`);
  // The caller knows what the path answers.
  return (await response.json()) as T;
}

/** The same texts as in our server, as many as there is time for. */
async function fill(name: string, { url }: Source) {
  const endsAt = performance.now() + fillSecondsMax * 1000;
  const memories: Record<string, number> = {};
  for (const count of memoryCounts) {
    const texts = inventMemories(count);
    let done = 0;
    for (; done < count && performance.now() < endsAt; done += textsAtOnce)
      await send(url, '/memories', { owner: ownerOf(count), texts: texts.slice(done, done + textsAtOnce) });
    memories[count] = done;
    process.stderr.write(`${name} holds ${done} memories\n`);
  }
  return { memories, answers: await countAnswers(url) };
}

async function countAnswers(url: string): Promise<number> {
  const owner = ownerOf(Math.max(...memoryCounts));
  let answers = 0;
  for (const query of inventQuestions().slice(0, questionsTried))
    answers += (await send<string[]>(url, '/search', { owner, query })).length;
  return round(answers / questionsTried);
}

function targetsOf(name: string, source: Source): Target[] {
  return memoryCounts.map((count) => {
    const requests = inventQuestions().map((query) => ({
      method: 'POST',
      path: '/search',
      body: JSON.stringify({ owner: ownerOf(count), query }),
    }));
    return target(`${name}, ${count.toLocaleString('en')} memories`, source, requests, {
      peerOf: hybridName(count),
      secondsMin,
    });
  });
}

function ownerOf(count: number): string {
  return `owner-of-${count}`;
}
