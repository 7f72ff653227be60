import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { testAccount } from '../src/testing/index.ts';
import { type ChildServer, startChildServer } from '../tests/support/child-server.ts';
import { rapport } from '../tests/support/cli.ts';
import {
  assess,
  firstOfEach,
  formOf,
  prepare,
  type Requests,
  readConversations,
  type Told,
} from '../tests/support/cluster-story.ts';
import { startUnreliableReceiver, type UnreliableReceiver } from '../tests/support/unreliable-receiver.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { type ServiceChat as Chat, readChats } from './support/service-chats.ts';

const atOnceDefault = 20;
const failShare = 0.2;
const endings = ['CLOSED'];
/** Of a conversation, beside its messages: its creation, its two participants, and its endings. */
const eventsBeside = 3 + endings.length;
/** Shares of all messages after which the receiver dies, comes back, and the server is killed. */
const deathAt = 0.25;
const revivalAt = 0.4;
const killAt = 0.6;
const tickMs = 1000;
/** How far the clock is moved at a time once everything is posted, and how often at most. */
const stepSeconds = 60;
const stepsMax = 240;
/** With nothing new for so long, every attempt at what is missing has been made. */
const quietSteps = 30;

/**
 * Dialogues as webhook traffic, several at a time, against a server in a process of its own, while callbacks go to a receiver
 * that fails a fifth of its calls and is dead for a while, and while the server is killed once (kill -9) and started again.
 * Every event must arrive at least once, and those of a conversation in their order. What was given up after six attempts is
 * replayed by the command line at the end, as an operator would. `--service FILE`: one dialogue a line,
 * `{turns: [{author, text}]}`; `--at-once N`; `--limit N` dialogues.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { service: { type: 'string' }, 'at-once': { type: 'string' }, limit: { type: 'string' } },
  });
  if (!values.service) throw new Error('--service FILE is needed: one dialogue a line');
  const chats = readChats(values.service).slice(0, values.limit ? Number(values.limit) : undefined);
  const receiver = await startUnreliableReceiver({ authToken: testAccount.authToken, failShare });
  const dataDir = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  const traffic = new Traffic(dataDir, receiver, chats);
  try {
    return await traffic.run(Number(values['at-once'] ?? atOnceDefault));
  } finally {
    await traffic.stop();
    await receiver.die();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

interface Drained {
  readonly told: readonly Told[];
  readonly events: number;
  readonly steps: number;
  /** Tokens of what arrived only when it was replayed. */
  readonly replayed: ReadonlySet<string>;
}

class Traffic implements Requests {
  readonly #dataDir: string;
  readonly #receiver: UnreliableReceiver;
  readonly #chats: readonly Chat[];
  readonly #total: number;
  readonly #latencies: number[] = [];
  #server: ChildServer | undefined;
  #posted = 0;
  #redelivered = 0;
  #restart: Promise<void> | undefined;
  #recoverySeconds = 0;
  #isReceiverDead = false;

  constructor(dataDir: string, receiver: UnreliableReceiver, chats: readonly Chat[]) {
    this.#dataDir = dataDir;
    this.#receiver = receiver;
    this.#chats = chats;
    this.#total = chats.reduce((sum, { messages }) => sum + messages.length, 0);
  }

  async run(atOnce: number): Promise<unknown> {
    await this.#start();
    await prepare(this, { callbackUrl: this.#receiver.url });
    const ticking = new AbortController();
    const ticker = this.#tick(ticking.signal);
    const startedAt = performance.now();
    const waiting = [...this.#chats];
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (let chat = waiting.shift(); chat; chat = waiting.shift()) await this.#play(chat);
      }),
    );
    const trafficSeconds = (performance.now() - startedAt) / 1000;
    ticking.abort();
    await ticker;
    const drained = await this.#drain();
    return { ...this.#report(drained), atOnce, trafficSeconds: round(trafficSeconds) };
  }

  /** A JSON request; throws on any status but 2xx. */
  async request<Body>(method: string, path: string, body?: unknown) {
    if (!this.#server) throw new Error('the server is not running');
    const answer = await this.#server.request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}`);
    // The caller knows what it asked for.
    return { status: answer.status, body: answer.body as Body };
  }

  async stop(): Promise<void> {
    await this.#server?.kill();
  }

  async #start(): Promise<void> {
    this.#server = await startChildServer({
      dataDir: this.#dataDir,
      env: { RAPPORT_CLOCK: 'virtual', RAPPORT_ALLOW_PRIVATE_CALLBACKS: 'true', RAPPORT_LOG_LEVEL: 'error' },
    });
  }

  /** Real time, on the clock that the end of the run moves faster. */
  async #tick(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(tickMs);
      await this.#advance(tickMs / 1000).catch(() => undefined);
    }
  }

  async #advance(seconds: number): Promise<void> {
    await this.request('POST', '/rapport/v1/clock/advance', { seconds });
  }

  async #play(chat: Chat): Promise<void> {
    for (const message of chat.messages) {
      await this.#deliver(formOf(chat, message));
      this.#posted += 1;
      await this.#makeTrouble();
    }
  }

  /** As a provider does: again and again until it is taken. */
  async #deliver(form: Record<string, string>): Promise<void> {
    for (;;) {
      const startedAt = performance.now();
      if (await this.#post(form).catch(() => false)) {
        this.#latencies.push(performance.now() - startedAt);
        return;
      }
      this.#redelivered += 1;
      await (this.#restart ?? delay(100));
    }
  }

  async #post(form: Record<string, string>): Promise<boolean> {
    const url = `${this.#server?.url}/rapport/v1/ingest/messages`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'X-Twilio-Signature': getExpectedTwilioSignature(testAccount.authToken, url, form) },
      body: new URLSearchParams(form),
    });
    await response.text();
    if (response.status >= 400 && response.status < 500) throw new Error(`refused with ${response.status}`);
    return response.ok;
  }

  async #makeTrouble(): Promise<void> {
    if (this.#posted === Math.round(this.#total * deathAt)) {
      this.#isReceiverDead = true;
      await this.#receiver.die();
    }
    if (this.#posted === Math.round(this.#total * revivalAt) && this.#isReceiverDead) {
      await this.#receiver.revive();
    }
    if (this.#posted === Math.round(this.#total * killAt)) {
      this.#restart = this.#killAndStart();
      await this.#restart;
      this.#restart = undefined;
    }
  }

  async #killAndStart(): Promise<void> {
    const startedAt = performance.now();
    await this.#server?.kill();
    await this.#start();
    this.#recoverySeconds = (performance.now() - startedAt) / 1000;
    process.stderr.write(`killed and back after ${round(this.#recoverySeconds)} s\n`);
  }

  /** Closes every conversation and moves the clock until everything has arrived that must. */
  async #drain(): Promise<Drained> {
    const told = await readConversations(this);
    for (const { id } of told) await this.request('PUT', `/v2/Conversations/${id}`, { status: 'CLOSED' });
    const events = told.reduce(
      (sum, { communicationIds }) => sum + communicationIds.length + eventsBeside,
      0,
    );
    const replayed = new Set<string>();
    let before = 0;
    let quiet = 0;
    let isReplayed = false;
    for (let step = 1; step <= stepsMax; step += 1) {
      await this.#advance(stepSeconds);
      const arrived = firstOfEach(this.#receiver.delivered);
      if (isReplayed) for (const { token } of arrived.slice(before)) replayed.add(token);
      process.stderr.write(`${arrived.length} of ${events} events\n`);
      if (arrived.length >= events) return { told, events, steps: step, replayed };
      quiet = arrived.length === before ? quiet + 1 : 0;
      before = arrived.length;
      if (quiet < quietSteps) continue;
      if (isReplayed) break;
      await this.#replayDead();
      isReplayed = true;
      quiet = 0;
    }
    return { told, events, steps: stepsMax, replayed };
  }

  async #replayDead(): Promise<void> {
    const env = {
      RAPPORT_DATA_DIR: this.#dataDir,
      RAPPORT_ACCOUNT_SID: testAccount.sid,
      RAPPORT_AUTH_TOKEN: testAccount.authToken,
    };
    const { stdout, stderr, exitCode } = await rapport(['callbacks', 'replay'], env);
    if (exitCode !== 0) throw new Error(`callbacks replay ended with ${exitCode}: ${stderr}`);
    process.stderr.write(stdout);
  }

  #report({ told, events, steps, replayed }: Drained) {
    const { delivered, attempts, badSignatures } = this.#receiver;
    return {
      benchmark: 'webhooks',
      machine: describeMachine(),
      dialogues: this.#chats.length,
      messages: this.#total,
      conversations: told.length,
      events,
      ...assess({ chats: this.#chats, told, delivered, endings, replayed }),
      eventsGivenUpAndReplayed: replayed.size,
      callbackAttempts: attempts,
      callbacksTakenTwice: delivered.length - firstOfEach(delivered).length,
      badSignatures,
      messagesPostedAgain: this.#redelivered,
      recoverySeconds: round(this.#recoverySeconds),
      answerMs: {
        p50: round(percentile(this.#latencies, 0.5)),
        p95: round(percentile(this.#latencies, 0.95)),
      },
      clockMinutesAfter: steps,
    };
  }
}
