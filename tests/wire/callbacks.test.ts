import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestServer, testAccount } from '../../src/testing/index.ts';
import {
  type CallbackReceiver,
  isGenuine,
  type ReceivedCallback,
  startCallbackReceiver,
} from '../support/callback-receiver.ts';
import { captureLog } from '../support/captured-log.ts';
import { createConfiguration, createConversation, say } from '../support/conversations.ts';
import { localhost } from '../support/localhost-certificate.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let receiver: CallbackReceiver;
const log = captureLog();
beforeAll(async () => {
  const env = { RAPPORT_CALLBACK_TIMEOUT_MS: '1000' };
  ({ server, client } = await startServerWithSdk({ env, log: log.log }));
});
afterAll(() => server.stop());
beforeEach(async () => {
  receiver = await startCallbackReceiver();
});
afterEach(async () => {
  // What one test leaves waiting is not to run into the next.
  for (const id of conversations.splice(0)) await server.request('PATCH', `/v2/Conversations/${id}`, silence);
  await receiver.stop();
});

const silence = { configuration: { statusCallbacks: [] } };
const conversations: string[] = [];

type Callback = { url: string; method?: 'POST' | 'GET' };

/** A conversation without participants, whose creation is its one event so far. */
async function conversationWith(...statusCallbacks: Callback[]): Promise<string> {
  const configurationId = await createConfiguration(client, { statusCallbacks });
  const { id } = await createConversation(client, configurationId, []);
  conversations.push(id);
  return id;
}

async function rename(conversationId: string, ...names: string[]): Promise<void> {
  for (const name of names) await client.conversations.v2.conversations(conversationId).patch({ name });
}

const namesIn = (callbacks: readonly ReceivedCallback[]) => callbacks.map(({ data }) => data['name']);

async function metric(line: string): Promise<number> {
  const { body } = await server.request('GET', '/metrics');
  const found = String(body)
    .split('\n')
    .find((row) => row.startsWith(`${line} `));
  return Number(found?.split(' ').at(-1) ?? 0);
}

describe('a status callback', () => {
  it('brings each event as GET answers its resource, in the order of events', async () => {
    const configurationId = await createConfiguration(client, { statusCallbacks: [{ url: receiver.url() }] });
    const { id } = await createConversation(client, configurationId);
    const { id: communicationId } = await say(client, id, { text: 'hello ü' });
    await server.idle();
    expect(receiver.received.map(({ eventType }) => eventType)).toEqual([
      'CONVERSATION_CREATED',
      'PARTICIPANT_ADDED',
      'PARTICIPANT_ADDED',
      'COMMUNICATION_CREATED',
    ]);
    const last = receiver.received.at(-1);
    const { body } = await server.request('GET', `/v2/Conversations/${id}/Communications/${communicationId}`);
    expect(last?.data).toEqual(body);
    expect(last).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(last?.headers['user-agent']).toMatch(/^Rapport\/\d+\.\d+\.\d+/);
    expect(Object.keys(JSON.parse(last?.body ?? ''))).toEqual(['eventType', 'timestamp', 'data']);
  });

  const paths = [
    '',
    '/',
    '/webhook',
    '/webhook?',
    '/webhook?a=1',
    '/webhook?a=1&',
    '/webhook?a=%27quoted%27&b=x+y&c=%C3%BC',
    '/web/../hook//%7Euser/%E2%82%AC',
    '/webhook?a=1#fragment',
    '#fragment',
  ];

  it.each([
    'POST',
    'PUT',
    'PATCH',
    'GET',
    'DELETE',
  ])('by %s is taken for genuine by the official validator, whatever its URL', async (method) => {
    const id = await conversationWith();
    const statusCallbacks = paths.map((path) => ({ url: receiver.url(path), method }));
    await server.request('PATCH', `/v2/Conversations/${id}`, { configuration: { statusCallbacks } });
    await rename(id, 'renamed ü');
    await server.idle();
    expect(receiver.received).toHaveLength(paths.length);
    for (const callback of receiver.received) {
      expect(callback).toMatchObject({ method, data: { name: 'renamed ü' } });
      expect(callback.url).not.toContain('#');
      expect(isGenuine(callback, testAccount.authToken)).toBe(true);
    }
  });

  it('is not taken for genuine when anything about it is another', async () => {
    await conversationWith({ url: receiver.url() });
    await server.idle();
    const [callback] = receiver.received;
    if (!callback) throw new Error('nothing was received');
    const { authToken } = testAccount;
    expect(isGenuine(callback, authToken)).toBe(true);
    expect(isGenuine(callback, 'another-token-0123456789')).toBe(false);
    expect(isGenuine({ ...callback, url: callback.url.replace('webhook', 'web') }, authToken)).toBe(false);
    expect(isGenuine({ ...callback, body: `${callback.body} ` }, authToken)).toBe(false);
  });

  it('has a token of its own for each event and target', async () => {
    const id = await conversationWith({ url: receiver.url('/a') }, { url: receiver.url('/b') });
    await rename(id, 'one', 'two');
    await server.idle();
    expect(receiver.received).toHaveLength(6);
    expect(new Set(receiver.received.map(({ token }) => token)).size).toBe(6);
  });

  it('goes once to a target that is listed twice', async () => {
    await conversationWith({ url: receiver.url() }, { url: receiver.url(), method: 'POST' });
    await server.idle();
    expect(receiver.received).toHaveLength(1);
  });

  it('names the request that caused it', async () => {
    const id = await conversationWith({ url: receiver.url() });
    const { headers } = await server.request('PATCH', `/v2/Conversations/${id}`, { name: 'renamed' });
    await server.idle();
    const requestId = headers.get('twilio-request-id');
    expect(requestId).toMatch(/^RQ/);
    expect(receiver.received.at(-1)?.headers['twilio-request-id']).toBe(requestId);
  });

  it('of a timer names its event', async () => {
    const configurationId = await createConfiguration(client, {
      statusCallbacks: [{ url: receiver.url() }],
      channelSettings: { SMS: { statusTimeouts: { closed: 1 }, captureRules: [] } },
    });
    await createConversation(client, configurationId);
    await server.advance(60);
    const closed = receiver.received.at(-1);
    expect(closed).toMatchObject({ eventType: 'CONVERSATION_UPDATED', data: { status: 'CLOSED' } });
    expect(closed?.headers['twilio-request-id']).toMatch(/^rapport_event_/);
  });

  it('goes by https to a host whose certificate is trusted, and to no other', async () => {
    const secure = await startCallbackReceiver({ isSecure: true });
    const id = await conversationWith({ url: secure.url() });
    await server.idle();
    expect(await waiting(id)).toMatchObject([{ attempts: 1, last_error: 'DEPTH_ZERO_SELF_SIGNED_CERT' }]);
    expect(secure.received).toEqual([]);
    const trusted = getCACertificates();
    setDefaultCACertificates([...trusted, localhost.cert]);
    await server.advance(60);
    setDefaultCACertificates(trusted);
    const [callback] = secure.received;
    expect(callback?.url).toMatch(/^https:\/\/localhost:/);
    expect(callback?.headers).not.toHaveProperty('x-forwarded-proto');
    expect(callback && isGenuine(callback, testAccount.authToken)).toBe(true);
    await secure.stop();
  });

  it('sends credentials of the URL as Basic authentication, and does not sign them', async () => {
    const url = receiver.url().replace('127.0.0.1', 'me:s%3Acret@127.0.0.1');
    await conversationWith({ url });
    await server.idle();
    const [callback] = receiver.received;
    expect(callback?.headers.authorization).toBe(`Basic ${btoa('me:s:cret')}`);
    expect(callback && isGenuine(callback, testAccount.authToken)).toBe(true);
  });
});

describe('a status callback that fails', () => {
  it('is tried again after 1 s, 5 s, 30 s, 2 min and 10 min with the same token, then given up', async () => {
    const times: number[] = [];
    receiver.answer(() => {
      times.push(server.context.clock.now());
      return 503;
    });
    const id = await conversationWith({ url: receiver.url() });
    await server.advance(24 * 3600);
    const delays = times.slice(1).map((time, at) => time - (times[at] ?? 0));
    const expected = [1000, 5000, 30_000, 120_000, 600_000];
    // A fifth is left to chance.
    const deviations = delays.map((delay, at) => Math.abs(delay / (expected[at] ?? 0) - 1));
    expect(delays).toHaveLength(expected.length);
    expect(Math.max(...deviations)).toBeLessThanOrEqual(0.2);
    expect(new Set(receiver.received.map(({ token }) => token)).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    expect(await deadLetters(id)).toMatchObject([{ attempts: 6, last_error: 'status 503' }]);
  });

  it('holds back the events behind it until it is delivered', async () => {
    let failures = 3;
    receiver.answer(({ data }) => (data['name'] === 'one' && failures-- > 0 ? 500 : 200));
    const id = await conversationWith({ url: receiver.url() });
    await rename(id, 'one', 'two', 'three');
    await server.idle();
    expect(namesIn(receiver.received)).toEqual([null, 'one']);
    await rename(id, 'four');
    await server.advance(60);
    expect(namesIn(receiver.received)).toEqual([null, 'one', 'one', 'one', 'one', 'two', 'three', 'four']);
  });

  it('with a redirect or another 4xx is final, and those behind it go on', async () => {
    const statuses = ['301', '302', '307', '308', '400', '401', '404', '410'];
    receiver.answer(({ url, data }) => (response) => {
      const status = data['name'] === 'one' ? Number(url.match(/\/(\d+)\?/)?.[1]) : 200;
      response.writeHead(status, { Location: receiver.url('/elsewhere') }).end();
    });
    const id = await conversationWith();
    const statusCallbacks = statuses.map((status) => ({ url: receiver.url(`/${status}`) }));
    await client.conversations.v2.conversations(id).patch({ configuration: { statusCallbacks } });
    await rename(id, 'one', 'two');
    await server.advance(3600);
    for (const status of statuses) {
      const callbacks = receiver.received.filter(({ url }) => url.includes(`/${status}?`));
      expect(namesIn(callbacks)).toEqual(['one', 'two']);
    }
    expect(receiver.received.filter(({ url }) => url.includes('elsewhere'))).toEqual([]);
    const errors = (await deadLetters(id)).map(({ attempts, last_error }) => [attempts, last_error]);
    expect(errors.sort()).toEqual(statuses.map((status) => [1, `status ${status}`]));
  });

  it('is tried again when the receiver asks for it, not before the time that it names', async () => {
    receiver.answer(() =>
      receiver.received.length === 1
        ? (response) => void response.writeHead(429, { 'Retry-After': '60' }).end()
        : 200,
    );
    await conversationWith({ url: receiver.url() });
    await server.advance(59);
    expect(receiver.received).toHaveLength(1);
    await server.advance(1);
    expect(receiver.received).toHaveLength(2);
  });

  it('is tried again when the receiver does not answer in time', async () => {
    receiver.answer(() => (receiver.received.length === 1 ? () => undefined : 200));
    const id = await conversationWith({ url: receiver.url() });
    await server.idle();
    expect(await waiting(id)).toMatchObject([{ attempts: 1, last_error: 'no answer in 1000 ms' }]);
    await server.advance(2);
    expect(receiver.received).toHaveLength(2);
  });

  it('is tried again when the connection breaks, when there is none, and when the answer is not HTTP', async () => {
    receiver.answer(({ url }) => ({ socket }) => {
      if (url.includes('/broken')) socket?.destroy();
      else socket?.end('HELO');
    });
    const broken = await conversationWith({ url: receiver.url('/broken') });
    const nobody = await conversationWith({ url: 'http://127.0.0.1:1/' });
    const other = await conversationWith({ url: receiver.url('/other') });
    await server.idle();
    expect(await waiting(broken)).toMatchObject([{ attempts: 1, last_error: 'ECONNRESET' }]);
    expect(await waiting(nobody)).toMatchObject([{ attempts: 1, last_error: 'ECONNREFUSED' }]);
    expect(await waiting(other)).toMatchObject([{ attempts: 1, last_error: 'HPE_INVALID_CONSTANT' }]);
  });

  it('is not one when the receiver has closed the connection since the one before: it goes over another', async () => {
    receiver.answer(() => (receiver.received.length === 2 ? (response) => void response.destroy() : 200));
    const id = await conversationWith({ url: receiver.url() });
    await rename(id, 'one', 'two');
    await server.idle();
    expect(namesIn(receiver.received)).toEqual([null, 'one', 'one', 'two']);
    expect(await waiting(id)).toEqual([]);
  });

  it('is logged with its conversation and host, and without what may be secret', async () => {
    receiver.answer(() => 404);
    const url = receiver.url('/hook?token=open-sesame').replace('127', 'user:open-sesame@127');
    const id = await conversationWith({ url });
    await rename(id, 'open-sesame');
    await server.idle();
    const lines = log
      .text()
      .split('\n')
      .filter((line) => line.includes('callback given up') && line.includes(id));
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 40,
      deliveryId: receiver.received[0]?.token,
      host: new URL(receiver.url()).host,
      attempt: 1,
      reason: 'status 404',
      msg: 'callback given up',
    });
    expect(log.text()).not.toContain('open-sesame');
  });

  it('is not one whose answer is large or never ends: the status has said all', async () => {
    receiver.answer(({ data }) => (response) => {
      response.writeHead(200);
      if (data['name'] === 'one') response.end(Buffer.alloc(5_000_000));
      else response.write('and then');
    });
    const id = await conversationWith({ url: receiver.url() });
    await rename(id, 'one', 'two');
    await server.idle();
    expect(namesIn(receiver.received)).toEqual([null, 'one', 'two']);
    expect([await waiting(id), await deadLetters(id)]).toEqual([[], []]);
  });

  it('is counted', async () => {
    const attempts = (outcome: string) => metric(`rapport_callback_attempts_total{outcome="${outcome}"}`);
    const outcomes = ['delivered', 'again', 'dead'];
    const before = await Promise.all(outcomes.map(attempts));
    const dead = await metric('rapport_callback_deliveries{state="dead"}');
    receiver.answer(({ data }) => (data['name'] === 'one' ? 404 : receiver.received.length > 2 ? 500 : 200));
    const id = await conversationWith({ url: receiver.url() });
    await rename(id, 'one', 'two', 'three');
    await server.idle();
    const after = await Promise.all(outcomes.map(attempts));
    expect(after.map((count, at) => count - (before[at] ?? 0))).toEqual([1, 1, 1]);
    expect(await metric('rapport_callback_deliveries{state="dead"}')).toBe(dead + 1);
    expect(await metric('rapport_callback_deliveries{state="waiting"}')).toBeGreaterThanOrEqual(2);
  });
});

describe('receivers', () => {
  it('do not wait for each other', async () => {
    const silent = await startCallbackReceiver();
    const open = new Set<object>();
    let openMax = 0;
    silent.answer(() => (response) => {
      openMax = Math.max(openMax, open.add(response).size);
      response.once('close', () => open.delete(response));
    });
    const configurationId = await createConfiguration(client, {
      statusCallbacks: [{ url: silent.url() }, { url: receiver.url() }],
    });
    const created = await Promise.all(
      Array.from({ length: 40 }, () => createConversation(client, configurationId, [])),
    );
    conversations.push(...created.map(({ id }) => id));
    await receiver.until(40);
    // An eighth of the places.
    expect(openMax).toBeGreaterThan(0);
    expect(openMax).toBeLessThanOrEqual(8);
    await silent.stop();
  });

  it('of one conversation do not wait for each other', async () => {
    const failing = await startCallbackReceiver();
    failing.answer(() => 500);
    const id = await conversationWith({ url: failing.url() }, { url: receiver.url() });
    await rename(id, 'one', 'two');
    await server.idle();
    expect(namesIn(receiver.received)).toEqual([null, 'one', 'two']);
    expect(namesIn(failing.received)).toEqual([null]);
    await failing.stop();
  });
});

describe('a conversation', () => {
  it('that loses its callbacks is silent at once, also about what was waiting', async () => {
    receiver.answer(() => 500);
    const id = await conversationWith({ url: receiver.url() });
    await rename(id, 'one', 'two');
    await server.idle();
    receiver.answer(() => 200);
    await client.conversations.v2.conversations(id).patch(silence);
    await rename(id, 'three');
    await server.advance(3600);
    expect(namesIn(receiver.received)).toEqual([null]);
    expect(await waiting(id)).toEqual([]);
  });

  it('keeps what waits for the callbacks that it keeps', async () => {
    receiver.answer(() => 500);
    const [kept, lost] = [receiver.url('/kept'), receiver.url('/lost')];
    const id = await conversationWith({ url: kept }, { url: lost });
    await server.idle();
    receiver.answer(() => 200);
    const more = receiver.url('/more');
    await client.conversations.v2
      .conversations(id)
      .patch({ configuration: { statusCallbacks: [{ url: more }, { url: kept }] } });
    await rename(id, 'one');
    await server.advance(60);
    const paths = receiver.received.slice(2).map(({ url, data }) => [new URL(url).pathname, data['name']]);
    expect(paths.sort()).toEqual([
      ['/kept', null],
      ['/kept', 'one'],
      ['/more', 'one'],
    ]);
  });

  it('that gets a lost callback back does not wait out the delays of before', async () => {
    receiver.answer(() => (response) => void response.writeHead(503, { 'Retry-After': '600' }).end());
    const url = receiver.url();
    const id = await conversationWith({ url });
    await server.idle();
    receiver.answer(() => 200);
    await client.conversations.v2.conversations(id).patch(silence);
    await client.conversations.v2.conversations(id).patch({ configuration: { statusCallbacks: [{ url }] } });
    await rename(id, 'one');
    await server.idle();
    expect(namesIn(receiver.received)).toEqual([null, 'one']);
  });

  it('that is deleted takes its callbacks along', async () => {
    receiver.answer(() => 500);
    const id = await conversationWith({ url: receiver.url() });
    await rename(id, 'one');
    await server.idle();
    receiver.answer(() => 200);
    await client.conversations.v2.conversations(id).remove();
    await server.advance(3600);
    expect(receiver.received).toHaveLength(1);
    expect([await waiting(id), await deadLetters(id)]).toEqual([[], []]);
  });
});

async function deliveries(conversationId: string, state: 'waiting' | 'dead') {
  return server.context.db.reader
    .selectFrom('callback_deliveries')
    .select(['attempts', 'last_error'])
    .where('conversation_id', '=', conversationId)
    .where('state', '=', state)
    .execute();
}
const waiting = (conversationId: string) => deliveries(conversationId, 'waiting');
const deadLetters = (conversationId: string) => deliveries(conversationId, 'dead');
