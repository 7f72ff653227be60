import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { basicAuthorization, type TestServer, testAccount } from '../../src/testing/index.ts';
import { captureLog } from '../support/captured-log.ts';
import { createConfiguration, createConversation, say } from '../support/conversations.ts';
import { type EventStream, openEventStream, requestEvents } from '../support/event-stream.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { createOtherAccount } from '../support/second-account.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const hour = 60 * 60;
const { log, text: logText } = captureLog();

let server: TestServer;
let client: SdkClient;
let configurationId: string;
beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({ log, env: { RAPPORT_EVENT_STREAMS_MAX: '20' } }));
  configurationId = await createConfiguration(client);
});
afterAll(() => server.stop());

type OpenOptions = Parameters<typeof openEventStream>[1];

/** A stream that ends with the test. */
async function open(options?: OpenOptions, url = server.url): Promise<EventStream> {
  const stream = await openEventStream(url, options);
  onTestFinished(() => stream.close());
  return stream;
}

/** A conversation without participants, so that it tells of its creation alone. */
async function create(): Promise<string> {
  const { id = '' } = await client.conversations.v2.conversations.create({ configurationId });
  return id;
}

/** Texts of what was said, in the order in which the stream tells it. */
async function textsOf(stream: EventStream, count: number): Promise<unknown[]> {
  const events = await stream.take(count);
  return events.map(({ data }) => (data.data['content'] as { text: string }).text);
}

describe('an event stream', () => {
  it('tells what happens from now on, as server-sent events', async () => {
    await create();
    const stream = await open();
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    expect(stream.headers.get('cache-control')).toBe('no-store, no-transform');
    const id = await create();
    expect(await stream.take(1)).toEqual([
      {
        id: expect.stringMatching(/^[\w-]{20,}$/),
        name: 'CONVERSATION_CREATED',
        data: {
          eventType: 'CONVERSATION_CREATED',
          timestamp: expect.stringMatching(/Z$/),
          data: expect.objectContaining({ id }),
        },
      },
    ]);
  });

  it('is not compressed, which would hold events back', async () => {
    const stream = await open({ headers: { 'Accept-Encoding': 'gzip, br' } });
    expect(stream.headers.get('content-encoding')).toBeNull();
  });

  it('tells the events of one conversation when it is asked for them', async () => {
    const [one, other] = [await create(), await create()];
    const stream = await open({ query: { conversationId: one } });
    await say(client, other, { text: 'other' });
    await say(client, one, { text: 'one' });
    const events = await stream.take(3);
    expect(events.map(({ data }) => data.data.conversationId)).toEqual([one, one, one]);
  });

  it('tells the types that it is asked for', async () => {
    const id = await create();
    const stream = await open({ query: { types: 'COMMUNICATION_CREATED, CONVERSATION_UPDATED' } });
    await say(client, id, { text: 'first' });
    await client.conversations.v2.conversations(id).update({ status: 'INACTIVE' });
    await say(client, id, { text: 'second' });
    const events = await stream.take(4);
    expect(events.map(({ name }) => name)).toEqual([
      'COMMUNICATION_CREATED',
      'CONVERSATION_UPDATED',
      'CONVERSATION_UPDATED',
      'COMMUNICATION_CREATED',
    ]);
  });

  it('tells texts with line breaks whole', async () => {
    const id = await create();
    const stream = await open({ query: { types: 'COMMUNICATION_CREATED' } });
    const text = 'one\ntwo\r\n\r\nthree\u2028data: four';
    await say(client, id, { text });
    expect(await textsOf(stream, 1)).toEqual([text]);
  });

  it('tells of nothing that another account does', async () => {
    const own = await startServerWithSdk();
    onTestFinished(() => own.server.stop());
    const other = await createOtherAccount(own.server);
    const { id } = await createConversation(own.client, await createConfiguration(own.client), []);
    const theirConfigurationId = await createConfiguration(other.client);
    const headers = { Authorization: other.authorization };
    const { url } = own.server;
    const ours = await open({}, url);
    const theirs = await open({ headers }, url);
    const narrowed = await open({ headers, query: { conversationId: id } }, url);
    await say(own.client, id);
    const { id: theirId } = await createConversation(other.client, theirConfigurationId, []);
    await say(own.client, id);
    expect((await theirs.take(1)).map(({ data }) => data.data.id)).toEqual([theirId]);
    const conversations = (await ours.take(4)).map(({ data }) => data.data.conversationId);
    expect(conversations).toEqual([id, id, id, id]);
    await own.server.stop();
    expect([await theirs.takeAll(), await narrowed.takeAll(), await ours.takeAll()]).toEqual([[], [], []]);
  });
});

describe('a stream whose credentials are revoked', () => {
  it('ends before it tells anything more', async () => {
    const { client: other, authorization, revoke } = await createOtherAccount(server);
    const otherConfigurationId = await createConfiguration(other, {
      // As the API takes it; the SDK's type has a class for each channel.
      channelSettings: { SMS: { statusTimeouts: { inactive: 10, closed: 30 } } } as never,
    });
    const stream = await open({ headers: { Authorization: authorization } });
    await createConversation(other, otherConfigurationId);
    await stream.take(3);
    await revoke();
    await server.advance(hour);
    expect(await stream.takeAll()).toEqual([]);
  });
});

describe('a stream that is taken up again', () => {
  const types = 'COMMUNICATION_CREATED';

  it('goes on after the event that the client saw last', async () => {
    const id = await create();
    const stream = await open({ query: { types } });
    for (const text of ['1', '2', '3']) await say(client, id, { text });
    const [, second] = await stream.take(2);
    const resumed = await open({ query: { types }, headers: { 'Last-Event-ID': second?.id ?? '' } });
    await say(client, id, { text: '4' });
    expect(await textsOf(resumed, 2)).toEqual(['3', '4']);
  });

  it('takes the id from the query too, and from the header when there are both', async () => {
    const id = await create();
    const stream = await open({ query: { types } });
    for (const text of ['1', '2', '3']) await say(client, id, { text });
    const [first, second] = (await stream.take(2)).map((event) => event.id);
    const query = { types, lastEventId: first ?? '' };
    expect(await textsOf(await open({ query }), 2)).toEqual(['2', '3']);
    const headers = { 'Last-Event-ID': second ?? '' };
    expect(await textsOf(await open({ query, headers }), 1)).toEqual(['3']);
  });

  it('goes on from where it was before anything happened', async () => {
    const stream = await open({ query: { types } });
    const headers = { 'Last-Event-ID': stream.lastEventId };
    await stream.close();
    const id = await create();
    await say(client, id, { text: 'meanwhile' });
    expect(await textsOf(await open({ query: { types }, headers }), 1)).toEqual(['meanwhile']);
  });

  it('may ask for other events than before', async () => {
    const id = await create();
    const stream = await open({ query: { types } });
    await say(client, id);
    const [said] = await stream.take(1);
    await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
    const resumed = await open({ headers: { 'Last-Event-ID': said?.id ?? '' } });
    expect((await resumed.take(1)).map(({ name }) => name)).toEqual(['CONVERSATION_UPDATED']);
  });

  it('tells everything once, in order, over restarts of the server', async () => {
    const env = { RAPPORT_DATA_DIR: temporaryFolder() };
    const told: unknown[] = [];
    let lastEventId = '';
    let id = '';
    for (const round of [0, 1, 2]) {
      const restarted = await startServerWithSdk({ env });
      onTestFinished(() => restarted.server.stop());
      if (round === 0) {
        const ownConfigurationId = await createConfiguration(restarted.client);
        id = (await createConversation(restarted.client, ownConfigurationId)).id;
      }
      const headers: Record<string, string> = lastEventId === '' ? {} : { 'Last-Event-ID': lastEventId };
      const stream = await open({ query: { types }, headers }, restarted.server.url);
      for (const n of [1, 2, 3]) await say(restarted.client, id, { text: `${round}.${n}` });
      // The last of each round happens without being seen.
      const seen = await stream.take(round === 0 ? 2 : 3);
      told.push(...seen.map(({ data }) => (data.data['content'] as { text: string }).text));
      lastEventId = stream.lastEventId;
      await restarted.server.stop();
    }
    expect(told).toEqual(['0.1', '0.2', '0.3', '1.1', '1.2', '1.3', '2.1', '2.2']);
  });
});

describe('a stream is refused', () => {
  const refusal = async (query: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await requestEvents(server.url, { query, headers });
    return { status: response.status, message: ((await response.json()) as { message: string }).message };
  };

  it('without credentials', async () => {
    expect(await refusal({}, { Authorization: '' })).toMatchObject({ status: 401 });
  });

  it.each([
    'x',
    'WyJuIl0',
    Buffer.from('["n","aaaaaaaa",0,1,1]').toString('base64url'),
  ])('for the id %s, which no event has', async (lastEventId) => {
    const message = expect.stringContaining('lastEventId: is not the id of an event');
    expect(await refusal({ lastEventId })).toEqual({ status: 400, message });
    expect(await refusal({}, { 'Last-Event-ID': lastEventId })).toEqual({ status: 400, message });
  });

  it('for the id of an event of another account', async () => {
    const { authorization } = await createOtherAccount(server);
    const { lastEventId } = await open({ headers: { Authorization: authorization } });
    expect(await refusal({ lastEventId })).toMatchObject({ status: 400 });
  });

  it('for an id that is older than the events that are kept', async () => {
    const { lastEventId } = await open();
    await server.advance(72 * hour);
    await (await open({ query: { lastEventId } })).close();
    await server.advance(1);
    expect(await refusal({ lastEventId })).toEqual({
      status: 400,
      message: expect.stringContaining('lastEventId: is older than the events that are kept'),
    });
  });

  it('for types that do not exist', async () => {
    expect(await refusal({ types: 'COMMUNICATION_CREATED,COMMUNICATION_DELETED' })).toEqual({
      status: 400,
      message: expect.stringContaining('types: must be some of'),
    });
  });

  it('when the account has too many open, until one is closed', async () => {
    const { authorization } = await createOtherAccount(server);
    const headers = { Authorization: authorization };
    const streams = await Promise.all(Array.from({ length: 20 }, () => open({ headers })));
    const response = await requestEvents(server.url, { headers });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ code: 20429 });
    await open();
    await streams[0]?.close();
    await expect.poll(() => open({ headers }).catch(() => undefined)).toBeDefined();
  });
});

describe('a reader of a stream', () => {
  /** Asks for the stream by hand, so that the test decides when it is read. */
  async function openRaw(url: string): Promise<Socket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    const authorization = basicAuthorization(testAccount.sid, testAccount.authToken);
    socket.write(`GET /rapport/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`);
    await once(socket, 'readable');
    return socket;
  }

  /** More than sockets hold, in texts that say their number. */
  const flood = async (id: string, by = client) => {
    for (let n = 0; n < 60; n += 1) await say(by, id, { text: `${n} ${'x'.repeat(200_000)}` });
  };

  it('that pauses gets everything once it goes on', async () => {
    const id = await create();
    const socket = await openRaw(server.url);
    await flood(id);
    let received = '';
    for await (const chunk of socket.setEncoding('utf8')) {
      received += chunk;
      if (received.includes('"59 x')) break;
    }
    const numbers = [...received.matchAll(/"text":"(\d+) x/g)].map(([, n]) => Number(n));
    expect(numbers).toEqual(Array.from({ length: 60 }, (_, n) => n));
  });

  it('that hangs up is let go of', async () => {
    const stream = await open();
    const requestId = stream.headers.get('twilio-request-id') ?? '';
    const linesOf = () =>
      logText()
        .split('\n')
        .filter((line) => line.includes(requestId))
        .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(linesOf()).toEqual(['event stream opened']);
    await stream.close();
    await expect.poll(linesOf).toContain('event stream closed');
  });

  it('that wants the header alone leaves nothing open', async () => {
    for (let n = 0; n < 25; n += 1) {
      expect((await server.request('HEAD', '/rapport/v1/events')).status).toBe(200);
    }
    await open();
  });

  it('does not hold up a stop, whether it reads or not', async () => {
    const own = await startServerWithSdk();
    onTestFinished(() => own.server.stop());
    const { id } = await createConversation(own.client, await createConfiguration(own.client), []);
    const reading = await open({ query: { types: 'CONVERSATION_CREATED' } }, own.server.url);
    await openRaw(own.server.url);
    await flood(id, own.client);
    const stoppedAt = performance.now();
    await own.server.stop();
    expect(performance.now() - stoppedAt).toBeLessThan(8000);
    // The end of a stream that is cut off is an error here.
    expect(await reading.takeAll()).toEqual([]);
  });
});

describe('the log', () => {
  it('says when streams are opened and closed, and nothing of what they tell', () => {
    const text = logText();
    expect(text).toContain('event stream opened');
    expect(text).not.toContain('CREATED');
    expect(text).not.toContain('xxx');
  });
});
