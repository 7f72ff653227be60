import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createConfiguration, createConversation, say } from '../support/conversations.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let memoryStoreId: string;
let configurationId: string;
let conversationId: string;
let participantId: string | undefined;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  memoryStoreId = await createStore(client);
  configurationId = await createConfiguration(client, { memoryStoreId });
  const conversation = await createConversation(client, configurationId);
  conversationId = conversation.id;
  participantId = conversation.participants[0]?.id;
});
afterAll(() => server.stop());

const configurationsPath = '/v2/ControlPlane/Configurations';
const conversationsPath = '/v2/Conversations';

/** Sends a body that must be refused, and checks the contract's error body; answers its message. */
async function refuse(method: string, path: string, body: unknown): Promise<string> {
  const reply = await server.request(method, path, body);
  expect(reply).toMatchObject({
    status: 400,
    body: {
      code: 20001,
      status: 400,
      httpStatusCode: 400,
      userError: true,
      more_info: expect.stringContaining('20001'),
    },
  });
  expect(reply.body).not.toHaveProperty('type');
  expect(reply.body).not.toHaveProperty('title');
  return (reply.body as { message: string }).message;
}

const valid = () => ({
  displayName: 'refused',
  description: '',
  conversationGroupingType: 'GROUP_BY_PROFILE',
  memoryStoreId,
});
const channel = (setting: object) => ({ channelSettings: { SMS: setting } });
const rules = (count: number) => Array.from({ length: count }, () => ({ from: '*', to: '*' }));
const callbacks = (count: number) => Array.from({ length: count }, () => ({ url: 'https://example.com/' }));

describe('a configuration that cannot be', () => {
  it.each([
    ['displayName', { displayName: undefined }],
    ['displayName', { displayName: 'x'.repeat(33) }],
    ['displayName', { displayName: 'not/this' }],
    ['displayName', { displayName: '' }],
    ['description', { description: 'x'.repeat(513) }],
    ['description', { description: 17 }],
    ['conversationGroupingType', { conversationGroupingType: 'GROUP_BY_MOOD' }],
    ['memoryStoreId', { memoryStoreId: undefined }],
    ['memoryStoreId', { memoryStoreId: 'mem_store_unknown' }],
    ['channelSettings', { channelSettings: { FAX: {} } }],
    ['channelSettings', { channelSettings: [] }],
    ['channelSettings.SMS', { channelSettings: { SMS: 'on' } }],
    ['channelSettings.SMS.captureRules', channel({ captureRules: rules(101) })],
    ['channelSettings.SMS.captureRules.0.to', channel({ captureRules: [{ from: '*' }] })],
    ['channelSettings.SMS.statusTimeouts.closed', channel({ statusTimeouts: { inactive: 5 } })],
    ['channelSettings.SMS.statusTimeouts.closed', channel({ statusTimeouts: { closed: 0 } })],
    ['channelSettings.SMS.statusTimeouts.closed', channel({ statusTimeouts: { closed: 1.5 } })],
    [
      'channelSettings.SMS.statusTimeouts.inactive',
      channel({ statusTimeouts: { inactive: '5', closed: 9 } }),
    ],
    ['statusCallbacks', { statusCallbacks: callbacks(3) }],
    ['statusCallbacks.0.url', { statusCallbacks: [{ url: 'ftp://example.com/' }] }],
    ['statusCallbacks.0.url', { statusCallbacks: [{ url: 'not a url' }] }],
    ['statusCallbacks.0.url', { statusCallbacks: [{}] }],
    ['statusCallbacks.0.method', { statusCallbacks: [{ url: 'https://example.com/', method: 'BREW' }] }],
    ['intelligenceConfigurationIds', { intelligenceConfigurationIds: ['1', '2', '3', '4', '5', '6'] }],
    ['traitExtractionStrategyIds', { traitExtractionStrategyIds: ['1', '2'] }],
    ['observationExtractionStrategyIds', { observationExtractionStrategyIds: ['1', '2'] }],
    ['memoryExtractionEnabled', { memoryExtractionEnabled: 'true' }],
    ['conversationsV1Bridge.serviceId', { conversationsV1Bridge: { serviceId: 'IS1' } }],
  ])('is refused naming %s', async (name, change) => {
    const message = await refuse('POST', configurationsPath, { ...valid(), ...change });
    expect(message.startsWith(`${name}: `)).toBe(true);
    expect(await client.conversations.v2.configurations.list()).toHaveLength(1);
  });

  it('says of a required member that it must not be null', async () => {
    const { memoryStoreId: _, ...rest } = valid();
    expect(await refuse('POST', configurationsPath, rest)).toBe('memoryStoreId: must not be null');
  });

  it('is not made by PUT or PATCH either', async () => {
    const path = `${configurationsPath}/${configurationId}`;
    const before = await server.request('GET', path);
    await refuse('PUT', path, { ...valid(), channelSettings: { SMS: { statusTimeouts: {} } } });
    await refuse('PUT', path, { ...valid(), channelSettings: {}, memoryStoreId: 'mem_store_unknown' });
    await refuse('PATCH', path, { statusCallbacks: callbacks(3) });
    await refuse('PATCH', path, { memoryStoreId: 'mem_store_unknown' });
    expect((await server.request('GET', path)).body).toEqual(before.body);
  });
});

describe('a configuration as it is sent', () => {
  it('may have members that nobody knows, no description, and null timeouts', async () => {
    const { description: _, ...rest } = valid();
    const body = {
      ...rest,
      displayName: 'lenient',
      id: 'mine',
      version: 17,
      ...channel({ statusTimeouts: null, colour: 'red' }),
    };
    const reply = await server.request('POST', configurationsPath, body);
    expect(reply.status).toBe(202);
    const { related, statusUrl } = reply.body as { related: { configurationId: string }; statusUrl: string };
    expect(reply.headers.get('Location')).toBe(statusUrl);
    expect(statusUrl).toMatch(/\/v2\/ControlPlane\/Operations\/proc_job_[0-7][0-9a-z]{25}$/);
    expect(reply.headers.get('Operation-Id')).toBe(statusUrl.split('/').at(-1));
    expect(Number(reply.headers.get('Retry-After'))).toBeGreaterThan(0);
    const { body: stored } = await server.request('GET', `${configurationsPath}/${related.configurationId}`);
    expect(stored).toEqual({
      id: related.configurationId,
      displayName: 'lenient',
      description: '',
      conversationGroupingType: 'GROUP_BY_PROFILE',
      memoryStoreId,
      channelSettings: { SMS: { captureRules: [] } },
      statusCallbacks: [],
      intelligenceConfigurationIds: [],
      memoryExtractionEnabled: false,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
      version: 1,
    });
  });

  it('needs a UUID for an Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'once' };
    const reply = await server.request('POST', configurationsPath, valid(), headers);
    expect(reply).toMatchObject({ status: 400, body: { code: 20001 } });
  });
});

describe('a conversation that cannot be', () => {
  const party = (address: object) => ({ participants: [{ addresses: [address] }] });

  it.each([
    ['configurationId', { configurationId: undefined }],
    ['configurationId', { configurationId: 17 }],
    ['name', { name: 17 }],
    ['metadata', { metadata: Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`k${at}`, ''])) }],
    ['metadata', { metadata: { 'not allowed': 'x' } }],
    ['metadata.k', { metadata: { k: 'x'.repeat(513) } }],
    ['metadata.k', { metadata: { k: 17 } }],
    ['participants', { participants: Array.from({ length: 51 }, () => ({})) }],
    ['participants.0.type', { participants: [{ type: 'ROBOT' }] }],
    ['participants.0.addresses.0.channel', party({ channel: 'FAX', address: 'x' })],
    ['participants.0.addresses.0.address', party({ channel: 'SMS' })],
    ['participants.0.addresses.0.address', party({ channel: 'SMS', address: 'x'.repeat(255) })],
    ['configuration.intelligenceConfigurationIds', { configuration: { intelligenceConfigurationIds: '1' } }],
  ])('is refused naming %s', async (name, change) => {
    const message = await refuse('POST', conversationsPath, { configurationId, ...change });
    expect(message.startsWith(`${name}: `)).toBe(true);
    expect(await client.conversations.v2.conversations.list()).toHaveLength(1);
  });

  it.each([
    ['PUT', {}],
    ['PUT', { status: 'OPEN' }],
    ['PUT', { status: 'ACTIVE', metadata: { k: null } }],
    ['PATCH', { status: null }],
    ['PATCH', { name: 17 }],
    ['PATCH', { configuration: { statusCallbacks: callbacks(21) } }],
    ['PATCH', { configuration: { statusCallbacks: [{ url: 'gopher://example.com/' }] } }],
    ['PATCH', { metadata: { 'not allowed': 'x' } }],
    ['PATCH', []],
  ])('is not made by %s with %j', async (method, body) => {
    const path = `${conversationsPath}/${conversationId}`;
    const before = await server.request('GET', path);
    await refuse(method, path, body);
    expect((await server.request('GET', path)).body).toEqual(before.body);
  });
});

describe('a participant that cannot be', () => {
  it.each([
    {},
    { addresses: 'SMS' },
    { addresses: [{}] },
    { addresses: [{ channel: 'SMS', address: '' }] },
    { addresses: [], type: 'ROBOT' },
    { addresses: [], name: ['Dana'] },
    { addresses: [], profileId: '' },
  ])('is refused for %j', async (body) => {
    await refuse('POST', `${conversationsPath}/${conversationId}/Participants`, body);
    expect(await client.conversations.v2.participants(conversationId).list()).toHaveLength(2);
  });

  it('is not made by PUT either', async () => {
    const path = `${conversationsPath}/${conversationId}/Participants/${participantId}`;
    const before = await server.request('GET', path);
    await refuse('PUT', path, { addresses: [{ channel: 'SMS' }] });
    expect((await server.request('GET', path)).body).toEqual(before.body);
  });
});

describe('a communication that cannot be', () => {
  const said = {
    author: { address: '+12025550123', channel: 'SMS' },
    content: { type: 'TEXT', text: 'hello' },
    recipients: [{ address: '+12025550100', channel: 'SMS' }],
  };
  const transcribed = (transcription: object) => ({
    content: { type: 'TRANSCRIPTION', text: 'hi', transcription },
  });

  it.each([
    ['author', { author: undefined }],
    ['author.channel', { author: { address: '+12025550123' } }],
    ['author.participantId', { author: { ...said.author, participantId: 'nobody' } }],
    ['content', { content: undefined }],
    ['content.type', { content: { type: 'VIDEO', text: 'x' } }],
    ['content.text', { content: { type: 'TEXT' } }],
    ['content.transcription.confidence', transcribed({ confidence: 1.1 })],
    ['content.transcription.words.0.text', transcribed({ words: [{}] })],
    ['content.transcription.words.0.startTime', transcribed({ words: [{ text: 'x', startTime: 'now' }] })],
    ['recipients', { recipients: undefined }],
    ['recipients', { recipients: [] }],
    ['recipients', { recipients: Array.from({ length: 101 }, () => said.author) }],
    ['resourceId', { resourceId: '' }],
    ['channelId', { channelId: 17 }],
    ['occurredAt', { occurredAt: 'yesterday' }],
    ['occurredAt', { occurredAt: '2026-02-30T10:00:00Z' }],
  ])('is refused naming %s', async (name, change) => {
    const path = `${conversationsPath}/${conversationId}/Communications`;
    const unknownParties = { recipients: [{ address: 'lee', channel: 'CHAT' }] };
    const message = await refuse('POST', path, { ...said, ...unknownParties, ...change });
    expect(message.startsWith(`${name}: `)).toBe(true);
    expect(await client.conversations.v2.communications(conversationId).list()).toEqual([]);
    expect(await client.conversations.v2.participants(conversationId).list()).toHaveLength(2);
  });
});

describe('a body that is none', () => {
  it.each([
    ['POST', configurationsPath],
    ['POST', conversationsPath],
    ['PATCH', () => `${conversationsPath}/${conversationId}`],
    ['POST', () => `${conversationsPath}/${conversationId}/Communications`],
  ])('is refused on %s', async (method, path) => {
    const target = typeof path === 'string' ? path : path();
    await refuse(method, target, '{"configurationId": ');
    await refuse(method, target, 'null');
    const form = await server.request(method, target, 'a=b', {
      'Content-Type': 'application/x-www-form-urlencoded',
    });
    expect(form).toMatchObject({ status: 415, body: { code: 20422 } });
  });
});

describe('the query of a list', () => {
  it.each([
    'status=OPEN',
    'status=ACTIVE,OPEN',
    'pageSize=0',
    'pageSize=-1',
    'pageSize=many',
    'pageToken=nonsense',
  ])('is refused when it says %s', async (query) => {
    const reply = await server.request('GET', `${conversationsPath}?${query}`);
    expect(reply).toMatchObject({ status: 400, body: { code: 20001 } });
  });

  it('means both when a name is written in both cases', async () => {
    const ids = async (query: string) =>
      (
        (await server.request('GET', `${conversationsPath}?${query}`)).body as {
          conversations: { id: string }[];
        }
      ).conversations.map(({ id }) => id);
    expect(await ids('Status=CLOSED&status=ACTIVE')).toEqual(await ids('status=ACTIVE'));
    expect(await ids('status=ACTIVE')).toContain(conversationId);
  });

  it('may be written in any case, with parameters that nobody knows', async () => {
    const reply = await server.request('GET', `${conversationsPath}?Status=CLOSED&PAGESIZE=5000&colour=red`);
    expect(reply).toMatchObject({
      status: 200,
      body: { conversations: [], meta: { key: 'conversations', pageSize: 0 } },
    });
  });

  it('has tokens that hold for their own list and filters only', async () => {
    await createConversation(client, configurationId, []);
    const first = await server.request('GET', `${conversationsPath}?pageSize=1&status=ACTIVE`);
    const { nextToken } = (first.body as { meta: { nextToken: string } }).meta;
    const page = (query: string) =>
      server.request('GET', `${conversationsPath}?pageToken=${nextToken}&${query}`);
    expect((await page('pageSize=1&status=ACTIVE')).status).toBe(200);
    expect((await page('pageSize=1&status=CLOSED')).status).toBe(400);
    const participants = `${conversationsPath}/${conversationId}/Participants?pageToken=${nextToken}`;
    expect((await server.request('GET', participants)).status).toBe(400);
  });
});

describe('what is answered', () => {
  it('has null for nothing but names and channel resources', async () => {
    const { id } = await createConversation(client, configurationId, [
      { addresses: [{ channel: 'CHAT', address: 'lee' }] },
    ]);
    await say(client, id, { from: 'lee', to: 'kim', channel: 'CHAT' });
    const nullsOf = async (path: string) => {
      const { body } = await server.request('GET', path);
      const found = new Set<string>();
      JSON.stringify(body, (name, value: unknown) => {
        if (value === null) found.add(name);
        return value;
      });
      return [...found];
    };
    expect(await nullsOf(`${conversationsPath}/${id}`)).toEqual(['name', 'channelId']);
    expect(await nullsOf(`${conversationsPath}/${id}/Participants`)).toEqual(['channelId']);
    expect(await nullsOf(`${conversationsPath}/${id}/Communications`)).toEqual(['channelId']);
    expect(await nullsOf(`${configurationsPath}/${configurationId}`)).toEqual([]);
  });
});
