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
  type Delivered,
  startUnreliableReceiver,
  type UnreliableReceiver,
} from '../tests/support/unreliable-receiver.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { type ServiceChat as Chat, readChats } from './support/service-chats.ts';

const agentNumber = '+12025550199';
const atOnceDefault = 20;
const failShare = 0.2;
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
  /** What must have arrived for each conversation, in order: `type id`. */
  readonly expected: ReadonlyMap<string, readonly string[]>;
  readonly steps: number;
  /** Tokens of what arrived only when it was replayed. */
  readonly givenUp: ReadonlySet<string>;
}

class Traffic {
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
    await this.#configure();
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
    const { expected, steps, givenUp } = await this.#drain();
    return {
      ...this.#report(expected, givenUp),
      atOnce,
      trafficSeconds: round(trafficSeconds),
      clockMinutesAfter: steps,
    };
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

  async #configure(): Promise<void> {
    const store = await this.#call<{ statusUrl: string }>('POST', '/v1/ControlPlane/Stores', {
      displayName: 'webhooks',
    });
    const operation = await this.#call<{ result: { id: string } }>('GET', new URL(store.statusUrl).pathname);
    await this.#call('POST', '/v2/ControlPlane/Configurations', {
      displayName: 'webhooks',
      description: '',
      conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
      memoryStoreId: operation.result.id,
      memoryExtractionEnabled: true,
      channelSettings: {
        SMS: {
          captureRules: [
            { from: '*', to: agentNumber },
            { from: agentNumber, to: '*' },
          ],
        },
      },
      statusCallbacks: [{ url: this.#receiver.url }],
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
    await this.#call('POST', '/rapport/v1/clock/advance', { seconds });
  }

  async #play({ customer, messages }: Chat): Promise<void> {
    for (const message of messages) {
      await this.#deliver(customer, message);
      this.#posted += 1;
      await this.#makeTrouble();
    }
  }

  /** As a provider does: again and again until it is taken. */
  async #deliver(customer: string, message: Chat['messages'][number]): Promise<void> {
    const form = {
      MessageSid: message.sid,
      AccountSid: testAccount.sid,
      From: message.isFromCustomer ? customer : agentNumber,
      To: message.isFromCustomer ? agentNumber : customer,
      Body: message.text,
      Direction: message.isFromCustomer ? 'inbound' : 'outbound-api',
    };
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
    const expected = await this.#closeAll();
    const count = [...expected.values()].reduce((sum, events) => sum + events.length, 0);
    const givenUp = new Set<string>();
    let before = 0;
    let quiet = 0;
    let isReplayed = false;
    for (let step = 1; step <= stepsMax; step += 1) {
      await this.#advance(stepSeconds);
      const arrived = firstOfEach(this.#receiver.delivered);
      if (isReplayed) for (const { token } of arrived.slice(before)) givenUp.add(token);
      process.stderr.write(`${arrived.length} of ${count} events\n`);
      if (arrived.length >= count) return { expected, steps: step, givenUp };
      quiet = arrived.length === before ? quiet + 1 : 0;
      before = arrived.length;
      if (quiet < quietSteps) continue;
      if (isReplayed) break;
      await this.#replayDead();
      isReplayed = true;
      quiet = 0;
    }
    return { expected, steps: stepsMax, givenUp };
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

  /** What must have arrived for each conversation, in order: `type id`. */
  async #closeAll(): Promise<Map<string, string[]>> {
    const expected = new Map<string, string[]>();
    for await (const { id } of this.#pages<{ id: string }>('/v2/Conversations', 'conversations')) {
      await this.#call('PUT', `/v2/Conversations/${id}`, { status: 'CLOSED' });
      const communications: string[] = [];
      const path = `/v2/Conversations/${id}/Communications`;
      for await (const communication of this.#pages<{ id: string }>(path, 'communications')) {
        communications.push(`COMMUNICATION_CREATED ${communication.id}`);
      }
      expected.set(id, [
        `CONVERSATION_CREATED ${id}`,
        ...['agent', 'customer'].map(() => 'PARTICIPANT_ADDED'),
        ...communications.reverse(),
        `CONVERSATION_UPDATED ${id}`,
      ]);
    }
    return expected;
  }

  async *#pages<Item>(path: string, key: string): AsyncGenerator<Item> {
    for (let token = ''; ; ) {
      const page = await this.#call<Record<string, Item[]> & { meta: { nextToken?: string | null } }>(
        'GET',
        `${path}?pageSize=1000${token && `&pageToken=${encodeURIComponent(token)}`}`,
      );
      yield* page[key] ?? [];
      if (!page.meta.nextToken) return;
      token = page.meta.nextToken;
    }
  }

  #report(expected: ReadonlyMap<string, readonly string[]>, givenUp: ReadonlySet<string>) {
    const { delivered, attempts, badSignatures } = this.#receiver;
    const first = firstOfEach(delivered);
    const replayed = new Set(first.filter(({ token }) => givenUp.has(token)).map(describe));
    const arrived = Map.groupBy(first, ({ conversationId }) => conversationId);
    let lost = 0;
    let outOfOrder = 0;
    for (const [conversationId, events] of expected) {
      const came = (arrived.get(conversationId) ?? []).map(describe);
      lost += Math.max(0, events.length - came.length);
      // Those behind one that was given up went on without it.
      const [wanted, inOrder] = [events, came].map((list) => list.filter((event) => !replayed.has(event)));
      if (wanted?.some((event, at) => event !== inOrder?.[at])) outOfOrder += 1;
    }
    const events = [...expected.values()].reduce((sum, list) => sum + list.length, 0);
    return {
      benchmark: 'webhooks',
      machine: describeMachine(),
      dialogues: this.#chats.length,
      messages: this.#total,
      conversations: expected.size,
      events,
      eventsLost: lost,
      eventsGivenUpAndReplayed: givenUp.size,
      conversationsOutOfOrder: outOfOrder,
      callbackAttempts: attempts,
      callbacksTakenTwice: delivered.length - new Set(delivered.map(({ token }) => token)).size,
      badSignatures,
      messagesPostedAgain: this.#redelivered,
      recoverySeconds: round(this.#recoverySeconds),
      answerMs: {
        p50: round(percentile(this.#latencies, 0.5)),
        p95: round(percentile(this.#latencies, 0.95)),
      },
    };
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    if (!this.#server) throw new Error('the server is not running');
    const answer = await this.#server.request(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}`);
    // The caller knows what it asked for.
    return answer.body as T;
  }
}

function firstOfEach(delivered: readonly Delivered[]): Delivered[] {
  const seen = new Set<string>();
  return delivered.filter(({ token }) => !seen.has(token) && seen.add(token));
}

/** Participants are told apart by nobody here: that there are two, in their place, is enough. */
function describe({ eventType, dataId }: Delivered): string {
  return eventType === 'PARTICIPANT_ADDED' ? eventType : `${eventType} ${dataId}`;
}
