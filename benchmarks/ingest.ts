import { parseArgs } from 'node:util';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { testAccount } from '../src/testing/index.ts';
import { type CompiledServer, startCompiledServer } from './support/compiled-server.ts';
import { type Connections, openConnections } from './support/connection.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { createStore } from './support/store.ts';

const agentNumber = '+12025550199';
const messagesDefault = 2000;
const configurationsDefault = 300;
const customers = 200;
const warmUp = 300;
const webhook = '/rapport/v1/ingest/messages';

/**
 * How long a messaging webhook waits for its answer: signed messages of 200 customers, one at a time and 20 at once, against a
 * server in a process of its own. First with one configuration, then with hundreds, of which one captures. `--messages N`;
 * `--configurations N`. DATABASE_URL chooses the database.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { messages: { type: 'string' }, configurations: { type: 'string' } },
  });
  const messages = Number(values.messages ?? messagesDefault);
  const configurations = Number(values.configurations ?? configurationsDefault);
  const { DATABASE_URL } = process.env;
  const env = { RAPPORT_LOG_LEVEL: 'error', ...(DATABASE_URL ? { DATABASE_URL } : {}) };
  const server = await startCompiledServer(env);
  try {
    const storeId = await createStore(server, 'ingest');
    await createConfiguration(server, storeId, 0);
    await measure(server, warmUp, 20);
    const few = await measureBoth(server, messages);
    for (let number = 1; number < configurations; number += 1)
      await createConfiguration(server, storeId, number);
    await measure(server, warmUp, 20);
    const many = await measureBoth(server, messages);
    return {
      benchmark: 'ingest',
      machine: describeMachine(),
      database: DATABASE_URL ? 'PostgreSQL' : 'SQLite',
      messages,
      byConfigurations: { 1: few, [configurations]: many },
    };
  } finally {
    await server.stop();
  }
}

async function measureBoth(server: CompiledServer, messages: number) {
  return {
    oneAtATime: await measure(server, messages, 1),
    twentyAtOnce: await measure(server, messages, 20),
  };
}

let sent = 0;

/** Milliseconds that answers took, and how many came in a second. */
async function measure(server: CompiledServer, messages: number, atOnce: number) {
  const connections = openConnections(server.url, server.authorization);
  const durations: number[] = [];
  const startedAt = performance.now();
  const last = sent + messages;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (sent < last) durations.push(await post(server, connections, sent++));
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  connections.close();
  const result = {
    p50Ms: round(percentile(durations, 0.5), 2),
    p95Ms: round(percentile(durations, 0.95), 2),
    p99Ms: round(percentile(durations, 0.99), 2),
    perSecond: Math.round(messages / seconds),
  };
  process.stderr.write(`${atOnce} at once: ${JSON.stringify(result)}\n`);
  return result;
}

function messageOf(number: number): Record<string, string> {
  const customer = number % customers;
  return {
    MessageSid: `SM${String(number).padStart(32, '0')}`,
    AccountSid: testAccount.sid,
    From: `+1${303 + Math.floor(customer / 100)}55501${String(customer % 100).padStart(2, '0')}`,
    To: agentNumber,
    Body: `Message number ${number}: where is my order?`,
    NumMedia: '0',
    SmsStatus: 'received',
    ApiVersion: '2010-04-01',
  };
}

/** Milliseconds until the answer. Who signs needs no credentials. */
async function post({ url }: CompiledServer, connections: Connections, number: number): Promise<number> {
  const form = messageOf(number);
  const body = new URLSearchParams(form).toString();
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'X-Twilio-Signature': getExpectedTwilioSignature(testAccount.authToken, url + webhook, form),
  };
  const startedAt = performance.now();
  const { status } = await connections.ask({ method: 'POST', path: webhook, body, headers });
  if (status !== 200) throw new Error(`the webhook answered ${status}`);
  return performance.now() - startedAt;
}

/** Number 0 captures what is sent here, every other one a hundred numbers that nobody writes to. */
async function createConfiguration(server: CompiledServer, storeId: string, number: number): Promise<void> {
  const numbers = Array.from(
    { length: number === 0 ? 1 : 50 },
    (_, at) => `+1${400 + number}55501${at + 10}`,
  );
  const captureRules = (number === 0 ? [agentNumber] : numbers).flatMap((address) => [
    { from: '*', to: address },
    { from: address, to: '*' },
  ]);
  await server.call('POST', '/v2/ControlPlane/Configurations', {
    displayName: `ingest-${number}`,
    description: '',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: storeId,
    channelSettings: { SMS: { captureRules, statusTimeouts: { inactive: 10, closed: 60 } } },
  });
}
