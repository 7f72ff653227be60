import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { nobodysUrl } from '../support/callback-receiver.ts';
import { createConfiguration, createConversation, say, statusOf } from '../support/conversations.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let memoryStoreId: string;
let configurationId: string;
let conversationId: string;
let participantId: string;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  memoryStoreId = await createStore(client);
});
afterAll(() => server.stop());
beforeEach(async () => {
  configurationId = await createConfiguration(client, { memoryStoreId });
  const { id, participants } = await createConversation(client, configurationId);
  conversationId = id;
  participantId = participants[0]?.id ?? '';
});

const configurations = '/v2/ControlPlane/Configurations';
const conversations = '/v2/Conversations';
const text = (length: number) => 'x'.repeat(length);
const many = <Item>(length: number, item: (n: number) => Item) => Array.from({ length }, (_, n) => item(n));
const pairs = (length: number) => Object.fromEntries(many(length, (n) => [`k${n}`, 'x']));
const sms = (address: string) => ({ channel: 'SMS', address });

async function send(method: string, path: string, body?: unknown): Promise<number> {
  return (await server.request(method, path, body)).status;
}

/** The one status that all of the writes are answered with. */
async function same(...writes: readonly Promise<number>[]): Promise<number> {
  const statuses = new Set(await Promise.all(writes));
  expect([...statuses]).toHaveLength(1);
  return [...statuses][0] ?? 0;
}

let names = 0;

/** A configuration with these settings, made in each of the three ways. */
function configure(settings: object): Promise<number> {
  names += 1;
  const required = {
    description: '',
    conversationGroupingType: 'GROUP_BY_PROFILE',
    memoryStoreId,
    channelSettings: {},
  };
  const path = `${configurations}/${configurationId}`;
  return same(
    send('POST', configurations, { ...required, displayName: `limits-${names}`, ...settings }),
    send('PUT', path, { ...required, ...settings }),
    send('PATCH', path, settings),
  );
}

const inChannel = (setting: object) => configure({ channelSettings: { SMS: setting } });
const capture = (rule: object) => inChannel({ captureRules: [{ from: '*', to: '*', ...rule }] });

/** A name for each of the writes, since no two configurations may have the same. */
function nameConfiguration(length: number): Promise<number> {
  const path = `${configurations}/${configurationId}`;
  const put = {
    description: '',
    conversationGroupingType: 'GROUP_BY_PROFILE',
    memoryStoreId,
    channelSettings: {},
  };
  return same(
    send('POST', configurations, { ...put, displayName: 'p'.repeat(length) }),
    send('PUT', path, { ...put, displayName: 'q'.repeat(length) }),
    send('PATCH', path, { displayName: 'r'.repeat(length) }),
  );
}

const create = (members: object) => send('POST', conversations, { configurationId, ...members });
const override = (configuration: object) => create({ configuration });

const asOk = (status: number) => (status === 201 ? 200 : status);

/** What a conversation may be given at any time. */
function describeConversation(members: object): Promise<number> {
  const path = `${conversations}/${conversationId}`;
  return same(
    create(members).then(asOk),
    send('PUT', path, { status: 'ACTIVE', ...members }),
    send('PATCH', path, members),
  );
}

const callBack = (statusCallbacks: object[]) =>
  send('PATCH', `${conversations}/${conversationId}`, { configuration: { statusCallbacks } });

/** A participant with these members, in a conversation that is made with it and in one that is there. */
function join(members: object): Promise<number> {
  const participant = { addresses: [], ...members };
  return same(
    create({ participants: [participant] }),
    send('POST', `${conversations}/${conversationId}/Participants`, participant),
  );
}

function replace(members: object): Promise<number> {
  return send('PUT', `${conversations}/${conversationId}/Participants/${participantId}`, members);
}

function address(members: object): Promise<number> {
  return replace({ addresses: [{ channel: 'CHAT', address: 'ada', ...members }] });
}

function record(members: object | string): Promise<number> {
  const path = `${conversations}/${conversationId}/Communications`;
  if (typeof members === 'string') return send('POST', path, members);
  return send('POST', path, {
    author: sms('+12025550123'),
    recipients: [sms('+12025550100')],
    content: { type: 'TEXT', text: 'hello' },
    ...members,
  });
}
const transcribe = (transcription: object) =>
  record({ content: { type: 'TRANSCRIPTION', text: 'hello', transcription } });

type Attempt = (size: number) => Promise<number>;

/** A limit, and a request whose size is the number under test. */
const upperLimits: readonly (readonly [what: string, max: number, attempt: Attempt])[] = [
  ['characters of a display name', 32, nameConfiguration],
  ['characters of a description', 512, (n) => configure({ description: text(n) })],
  [
    'capture rules of a channel',
    100,
    (n) => inChannel({ captureRules: many(n, () => ({ from: '*', to: '+12025550100' })) }),
  ],
  ['characters of the sender of a rule', 254, (n) => capture({ from: text(n) })],
  ['characters of the recipient of a rule', 254, (n) => capture({ to: text(n) })],
  ['conditions of a rule', 20, (n) => capture({ metadata: pairs(n) })],
  ['characters of a condition', 512, (n) => capture({ metadata: { callType: text(n) } })],
  [
    'callbacks of a configuration',
    2,
    (n) => configure({ statusCallbacks: many(n, () => ({ url: nobodysUrl })) }),
  ],
  [
    'characters of a callback URL',
    2048,
    (n) => configure({ statusCallbacks: [{ url: nobodysUrl + text(n - nobodysUrl.length) }] }),
  ],
  ['intelligence configurations', 5, (n) => configure({ intelligenceConfigurationIds: many(n, String) })],
  ['strategies of trait extraction', 1, (n) => configure({ traitExtractionStrategyIds: many(n, String) })],
  [
    'strategies of observation extraction',
    1,
    (n) => configure({ observationExtractionStrategyIds: many(n, String) }),
  ],
  ['minutes until INACTIVE', 52_560_000, (n) => inChannel({ statusTimeouts: { inactive: n, closed: 1 } })],
  ['minutes until CLOSED', 52_560_000, (n) => inChannel({ statusTimeouts: { closed: n } })],
  ['characters of the name of a conversation', 256, (n) => describeConversation({ name: text(n) })],
  ['pairs of metadata', 8, (n) => describeConversation({ metadata: pairs(n) })],
  ['characters of a metadata key', 128, (n) => describeConversation({ metadata: { [text(n)]: 'x' } })],
  ['characters of a metadata value', 512, (n) => describeConversation({ metadata: { k: text(n) } })],
  ['callbacks of a conversation', 20, (n) => callBack(many(n, () => ({ url: nobodysUrl })))],
  ['participants in a create', 50, (n) => create({ participants: many(n, () => ({})) })],
  [
    'intelligence configurations of a conversation',
    5,
    (n) => override({ intelligenceConfigurationIds: many(n, String) }),
  ],
  [
    'strategies of trait extraction of a conversation',
    1,
    (n) => override({ traitExtractionStrategyIds: many(n, String) }),
  ],
  [
    'strategies of observation extraction of a conversation',
    1,
    (n) => override({ observationExtractionStrategyIds: many(n, String) }),
  ],
  ['characters of the name of a participant', 256, (n) => join({ name: text(n) })],
  ['characters of a profile id', 256, (n) => join({ profileId: text(n) })],
  ['addresses of a participant', 50, (n) => replace({ addresses: many(n, (at) => sms(`a${at}`)) })],
  ['characters of an address', 254, (n) => address({ address: text(n) })],
  ['characters of the channel resource of an address', 256, (n) => address({ channelId: text(n) })],
  ['characters of a text', 8_388_608, (n) => record({ content: { type: 'TEXT', text: text(n) } })],
  ['characters of the address of an author', 254, (n) => record({ author: sms(text(n)) })],
  ['characters of the address of a recipient', 254, (n) => record({ recipients: [sms(text(n))] })],
  ['recipients', 100, (n) => record({ recipients: many(n, () => sms('+12025550100')) })],
  ['characters of a resourceId', 512, (n) => record({ resourceId: text(n) })],
  ['characters of the channel resource of a communication', 256, (n) => record({ channelId: text(n) })],
  ['confidence', 1, (n) => transcribe({ confidence: n })],
  ['characters of an engine', 128, (n) => transcribe({ engine: text(n) })],
  ['words', 100_000, (n) => transcribe({ words: many(n, () => ({ text: 'x' })) })],
  ['characters of a word', 1024, (n) => transcribe({ words: [{ text: text(n) }] })],
];

const lowerLimits: readonly (readonly [what: string, min: number, attempt: Attempt])[] = [
  ['characters of a display name', 1, nameConfiguration],
  ['characters of the sender of a rule', 1, (n) => capture({ from: text(n) })],
  ['characters of the recipient of a rule', 1, (n) => capture({ to: text(n) })],
  ['minutes until INACTIVE', 1, (n) => inChannel({ statusTimeouts: { inactive: n, closed: 9 } })],
  ['minutes until CLOSED', 1, (n) => inChannel({ statusTimeouts: { closed: n } })],
  ['characters of a metadata key', 1, (n) => describeConversation({ metadata: { [text(n)]: 'x' } })],
  ['characters of a profile id', 1, (n) => join({ profileId: text(n) })],
  ['characters of an address', 1, (n) => address({ address: text(n) })],
  ['characters of the channel resource of an address', 1, (n) => address({ channelId: text(n) })],
  ['recipients', 1, (n) => record({ recipients: many(n, () => sms('+12025550100')) })],
  ['characters of the address of an author', 1, (n) => record({ author: sms(text(n)) })],
  ['characters of a resourceId', 1, (n) => record({ resourceId: text(n) })],
  ['characters of the channel resource of a communication', 1, (n) => record({ channelId: text(n) })],
  ['confidence', 0, (n) => transcribe({ confidence: n })],
];

const isTaken = (status: number) => status >= 200 && status < 300;

describe('the limits of the Conversations API', () => {
  it.each(upperLimits)('%s: %i and no more', async (_what, max, attempt) => {
    expect(isTaken(await attempt(max))).toBe(true);
    expect(await attempt(max + 1)).toBe(400);
  });

  it.each(lowerLimits)('%s: %i and no less', async (_what, min, attempt) => {
    // What is below none cannot be sent, but for a number.
    expect(isTaken(await attempt(min))).toBe(true);
    expect(await attempt(min - 1)).toBe(400);
  });

  it('characters are counted, not bytes', async () => {
    const faces = (length: number) => '\u{1F600}'.repeat(length);
    expect(isTaken(await configure({ description: faces(512) }))).toBe(true);
    expect(await configure({ description: faces(513) })).toBe(400);
    expect(isTaken(await describeConversation({ metadata: { k: faces(512) } }))).toBe(true);
    expect(await describeConversation({ metadata: { k: faces(513) } })).toBe(400);
    expect(isTaken(await record({ author: { channel: 'CHAT', address: faces(254) } }))).toBe(true);
    expect(await record({ author: { channel: 'CHAT', address: faces(255) } })).toBe(400);
    expect(isTaken(await record({ content: { type: 'TEXT', text: faces(8_388_608) } }))).toBe(true);
  });

  it('display names have letters, digits, spaces, - and _, and keys of metadata have . in place of spaces', async () => {
    const rename = (displayName: string) =>
      send('PATCH', `${configurations}/${configurationId}`, { displayName });
    expect(await rename('aZ 09_-')).toBe(202);
    for (const wrong of ['a.b', 'a/b', 'é', 'a\n']) expect(await rename(wrong), wrong).toBe(400);
    const tag = (key: string) => describeConversation({ metadata: { [key]: 'x' } });
    expect(await tag('aZ.09_-')).toBe(200);
    for (const wrong of ['a b', 'a/b', 'é', 'a\n']) expect(await tag(wrong), wrong).toBe(400);
  });

  it('capture rules are counted for each channel by itself', async () => {
    const captureRules = many(100, () => ({ from: '*', to: '*' }));
    expect(await configure({ channelSettings: { SMS: { captureRules }, RCS: { captureRules } } })).toBe(202);
  });

  it('timers are whole minutes', async () => {
    expect(await inChannel({ statusTimeouts: { closed: 1.5 } })).toBe(400);
    expect(await inChannel({ statusTimeouts: { inactive: 1.5, closed: 9 } })).toBe(400);
  });

  it('numbers are those that JSON can write: 1e400 is none of them', async () => {
    const heard = (transcription: string) =>
      record(
        `{"author":{"channel":"SMS","address":"a"},"recipients":[{"channel":"SMS","address":"b"}],` +
          `"content":{"type":"TRANSCRIPTION","text":"x","transcription":${transcription}}}`,
      );
    expect([await heard('{"channel":1e400}'), await heard('{"confidence":-1e400}')]).toEqual([400, 400]);
    expect(await heard('{"channel":1}')).toBe(201);
  });

  it('a conversation holds 1000 participants, however they come', async () => {
    const path = `${conversations}/${conversationId}/Participants`;
    await server.context.db.transaction(async (tx) => {
      const row = await tx
        .selectFrom('participants')
        .selectAll()
        .where('id', '=', participantId)
        .executeTakeFirstOrThrow();
      const rows = many(997, () => ({ ...row, id: server.context.ids.next('participant') }));
      await tx.insertInto('participants').values(rows).execute();
    });
    expect(await send('POST', path, { addresses: [] })).toBe(201);
    expect(await send('POST', path, { addresses: [] })).toBe(400);
    expect(await record({ author: sms('somebody else') })).toBe(400);
    expect(await record({})).toBe(201);
  });

  it('a conversation ends after three years, whatever happens in it', async () => {
    const created = (await client.conversations.v2.conversations(conversationId).fetch()).createdAt;
    const end = new Date(created ?? 0);
    end.setUTCFullYear(end.getUTCFullYear() + 3);
    const secondsTo = (time: Date) => (time.getTime() - server.context.clock.now()) / 1000;
    await server.advance(secondsTo(end) - 1);
    await say(client, conversationId);
    expect(await statusOf(client, conversationId)).toBe('ACTIVE');
    await server.advance(1);
    expect(await statusOf(client, conversationId)).toBe('CLOSED');
  });

  it('an idempotency key holds for 24 hours', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const path = `${configurations}/${configurationId}`;
    const write = async () =>
      (await server.request('PATCH', path, { description: 'x' }, headers)).headers.get('Operation-Id');
    const first = await write();
    await server.advance(24 * 60 * 60 - 1);
    expect(await write()).toBe(first);
    await server.advance(1);
    expect(await write()).not.toBe(first);
  });

  it.each([
    'x',
    text(36),
    '01890a5d-aa0f-7c80-b8e6-0242ac14000',
    '01890a5d-aa0f-7c80-b8e6-0242ac1400045',
  ])('an idempotency key is a UUID, and %s is none', async (key) => {
    const reply = await server.request('DELETE', `${conversations}/${conversationId}`, undefined, {
      'Idempotency-Key': key,
    });
    expect(reply).toMatchObject({ status: 400, body: { code: 20001 } });
    expect(await statusOf(client, conversationId)).toBe('ACTIVE');
  });
});

describe('the configurations of an account', () => {
  it('are as many as the setting says, and no more', async () => {
    const own = await startServerWithSdk({ env: { RAPPORT_CONFIGURATIONS_MAX: '2' } });
    try {
      const first = await createConfiguration(own.client);
      await createConfiguration(own.client);
      await expect(createConfiguration(own.client)).rejects.toMatchObject({ status: 400, code: 20001 });
      await own.client.conversations.v2.configurations(first).remove();
      await createConfiguration(own.client);
    } finally {
      await own.server.stop();
    }
  });
});

describe('what the Conversations API answers', () => {
  it('suggests to poll an operation after 5 seconds', async () => {
    const { headers } = await server.request('DELETE', `${configurations}/${configurationId}`);
    expect(headers.get('Retry-After')).toBe('5');
  });

  it('writes times in 24 characters, however they came', async () => {
    await record({ occurredAt: '2026-03-30T10:30:00.123456789+02:00' });
    const { body } = await server.request('GET', `${conversations}/${conversationId}/Communications`);
    const [{ occurredAt, createdAt, updatedAt }] = (body as { communications: [Record<string, string>] })
      .communications;
    expect(occurredAt).toBe('2026-03-30T08:30:00.123Z');
    for (const time of [createdAt, updatedAt])
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
});
