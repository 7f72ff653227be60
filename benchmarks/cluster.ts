import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { testAccount } from '../src/testing/index.ts';
import { type Cluster, startCluster } from '../tests/support/cluster.ts';
import {
  assess,
  type Chat,
  prepare,
  readConversations,
  readMemories,
  tell,
} from '../tests/support/cluster-story.ts';
import { type OwnPostgresServer, startOwnPostgres } from '../tests/support/postgres-server.ts';
import { seededRandom } from '../tests/support/random.ts';
import { startUnreliableReceiver } from '../tests/support/unreliable-receiver.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { readChats } from './support/service-chats.ts';

const servers = 3;
const workers = 2;
const atOnce = 20;
const killEveryMs = 3000;
const killsMin = 8;
/** Shares of all messages after which PostgreSQL is stopped and started again. */
const restartsAt = [0.3, 0.6];
/** Minutes of silence after which conversations go quiet, and after which they close. */
const statusTimeouts = { inactive: 1, closed: 2 };
const endings = ['INACTIVE', 'CLOSED'];
const patienceMs = 300_000;

/**
 * Dialogues as webhook traffic to three servers and two workers on one PostgreSQL, one of which is killed (kill -9) every few
 * seconds, while PostgreSQL is started again twice. The same dialogues on one server that nothing happens to say what must be
 * remembered. `--service FILE`: one dialogue a line, `{turns: [{author, text}]}`; `--limit N` dialogues; `--seed N`.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { service: { type: 'string' }, limit: { type: 'string' }, seed: { type: 'string' } },
  });
  if (!values.service) throw new Error('--service FILE is needed: one dialogue a line');
  const chats = readChats(values.service).slice(0, values.limit ? Number(values.limit) : undefined);
  const troubled = await play(chats, Number(values.seed ?? 1));
  const calm = await play(chats, undefined);
  const { memories, ...report } = troubled;
  return {
    benchmark: 'cluster',
    machine: describeMachine(),
    servers,
    workers,
    dialogues: chats.length,
    messages: chats.reduce((sum, { messages }) => sum + messages.length, 0),
    atOnce,
    ...report,
    observations: [...memories.values()].flat().length,
    customersRememberedOtherwise: chats.filter(
      ({ customer }) => memories.get(customer)?.join('\n') !== calm.memories.get(customer)?.join('\n'),
    ).length,
  };
}

/** @param seed decides who is killed; without it nothing happens to anybody */
async function play(chats: readonly Chat[], seed: number | undefined) {
  await using stack = new AsyncDisposableStack();
  const dataDir = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  stack.defer(() => rmSync(dataDir, { recursive: true, force: true }));
  const postgres = await startOwnPostgres();
  stack.defer(() => postgres.stop());
  const receiver = await startUnreliableReceiver({ authToken: testAccount.authToken, failShare: 0 });
  stack.defer(() => receiver.die());
  const isCalm = seed === undefined;
  const cluster = await startCluster({
    databaseUrl: await postgres.createDatabase(),
    dataDir,
    servers: isCalm ? 1 : servers,
    workers: isCalm ? 0 : workers,
    env: { RAPPORT_ALLOW_PRIVATE_CALLBACKS: 'true' },
  });
  stack.defer(() => cluster.stop());
  const { storeId } = await prepare(cluster, { callbackUrl: receiver.url, statusTimeouts });
  const trouble = new Trouble(cluster, postgres, chats, seed);
  const startedAt = performance.now();
  await tell(cluster, chats, { atOnce, onPosted: (count) => trouble.onPosted(count) });
  const trafficSeconds = round((performance.now() - startedAt) / 1000);
  // The timers have minutes to come, and the killing goes on for some of them.
  await trouble.end();
  const told = await readConversations(cluster);
  const wanted = told.reduce(
    (sum, { communicationIds }) => sum + communicationIds.length + 3 + endings.length,
    0,
  );
  const arrived = () => new Set(receiver.delivered.map(({ token }) => token)).size;
  const deadline = performance.now() + patienceMs;
  while (arrived() < wanted && performance.now() < deadline) {
    await delay(1000);
    process.stderr.write(`${arrived()} of ${wanted} events\n`);
  }
  await cluster.idle();
  return {
    ...trouble.report(),
    requestsRepeated: cluster.repeated,
    trafficSeconds,
    events: wanted,
    ...assess({ chats, told, delivered: receiver.delivered, endings }),
    memories: await readMemories(cluster, storeId, chats),
  };
}

/** Kills somebody every few seconds and starts PostgreSQL again when its time has come. */
class Trouble {
  readonly #cluster: Cluster;
  readonly #postgres: OwnPostgresServer;
  readonly #restartsAt: readonly number[];
  readonly #random: (() => number) | undefined;
  readonly #recoveriesMs: number[] = [];
  readonly #restartsMs: number[] = [];
  readonly #killing: Promise<void>;
  #isOver = false;

  constructor(
    cluster: Cluster,
    postgres: OwnPostgresServer,
    chats: readonly Chat[],
    seed: number | undefined,
  ) {
    const total = chats.reduce((sum, { messages }) => sum + messages.length, 0);
    this.#cluster = cluster;
    this.#postgres = postgres;
    this.#restartsAt = restartsAt.map((share) => Math.round(share * total));
    this.#random = seed === undefined ? undefined : seededRandom(seed);
    this.#killing = this.#random ? this.#killSomebody(this.#random) : Promise.resolve();
  }

  /** The traffic stops at no restart: everyone who asks meanwhile asks again. */
  async onPosted(count: number): Promise<void> {
    if (!this.#random || !this.#restartsAt.includes(count)) return;
    const startedAt = performance.now();
    await this.#postgres.restart();
    // Whoever asks is answered once the servers have found it again.
    await this.#cluster.request('GET', '/v2/Conversations?pageSize=1');
    this.#restartsMs.push(performance.now() - startedAt);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await this.#killing;
  }

  report() {
    return {
      kills: this.#recoveriesMs.length,
      processBackMs: {
        p50: round(percentile(this.#recoveriesMs, 0.5)),
        max: round(Math.max(0, ...this.#recoveriesMs)),
      },
      postgresRestarts: this.#restartsMs.length,
      servedAgainMs: this.#restartsMs.map(round),
    };
  }

  async #killSomebody(random: () => number): Promise<void> {
    while (!this.#isOver || this.#recoveriesMs.length < killsMin) {
      await delay(killEveryMs);
      this.#recoveriesMs.push(await this.#cluster.replace(Math.floor(random() * this.#cluster.size)));
      process.stderr.write(`killed ${this.#recoveriesMs.length}\n`);
    }
  }
}
