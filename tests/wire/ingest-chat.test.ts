import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createConfiguration, createConversation } from '../support/conversations.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { ingest, listEvents, uniqueSid } from '../support/webhooks.ts';

let server: TestServer;
let client: SdkClient;
let configurationId: string;

const webhook = `${ingest}/chat`;
const service = `IS${'1'.repeat(32)}`;
const CHAT = { captureRules: [{ from: '*', to: '*', metadata: { chatService: service } }] };

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  configurationId = await createConfiguration(client, { channelSettings: { CHAT } });
});
afterAll(() => server.stop());

let channelId: string;
let dana: string;
beforeEach(() => {
  channelId = uniqueSid('CH');
  dana = `dana-${channelId}`;
});

interface Reply {
  readonly communications: readonly {
    readonly configurationId: string;
    readonly conversationId: string;
    readonly communicationId: string;
  }[];
}

const message = (changes: object = {}) => ({
  channelId,
  chatService: service,
  messageId: uniqueSid('IM'),
  text: 'hello',
  author: { identity: dana, role: 'CUSTOMER' },
  ...changes,
});

async function receive(body: object): Promise<Reply['communications']> {
  const reply = await server.request('POST', webhook, body);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  return (reply.body as Reply).communications;
}

async function conversationOf(communications: Reply['communications']) {
  const [place, ...others] = communications;
  if (!place || others.length > 0) throw new Error(`captured ${communications.length} times`);
  const conversation = await client.conversations.v2.conversations(place.conversationId).fetch();
  const said = await client.conversations.v2.communications(place.conversationId).list();
  return {
    id: place.conversationId,
    participants: conversation.participants ?? [],
    configurationId: conversation.configurationId,
    said: said.toReversed(),
  };
}

describe('a chat message', () => {
  it('is recorded in a conversation that is found by its chat', async () => {
    const body = message({
      author: { identity: dana, name: 'Dana', role: 'CUSTOMER' },
      recipients: [{ identity: 'bot', role: 'AI_AGENT' }],
      occurredAt: '2026-03-30T12:30:00+02:00',
    });
    const { participants, said, id, ...conversation } = await conversationOf(await receive(body));
    expect(conversation.configurationId).toBe(configurationId);
    expect(participants).toMatchObject([
      { type: 'CUSTOMER', name: 'Dana', addresses: [{ channel: 'CHAT', address: dana, channelId }] },
      { type: 'AI_AGENT', name: 'bot', addresses: [{ channel: 'CHAT', address: 'bot', channelId }] },
    ]);
    expect(participants[0]?.profileId).toMatch(/^mem_profile_/);
    expect(said).toMatchObject([
      {
        author: { address: dana, channel: 'CHAT', participantId: participants[0]?.id },
        recipients: [{ address: 'bot', deliveryStatus: 'DELIVERED' }],
        content: { type: 'TEXT', text: 'hello' },
        channelId,
        resourceId: body.messageId,
      },
    ]);
    expect(said[0]?.occurredAt?.toISOString()).toBe('2026-03-30T10:30:00.000Z');
    expect(await client.conversations.v2.conversations.list({ channelId })).toMatchObject([{ id }]);
  });

  it('may come from a customer alone, and agents who join keep the conversation', async () => {
    const first = await conversationOf(await receive(message({ text: 'one' })));
    expect(first.participants.map(({ type }) => type)).toEqual(['CUSTOMER']);
    expect(first.said[0]?.recipients).toEqual([]);
    // As the Agent Connect clients do.
    await client.conversations.v2
      .participants(first.id)
      .create({ type: 'AI_AGENT', addresses: [{ channel: 'CHAT', address: 'bot', channelId }] });
    await receive(message({ text: 'two' }));
    await receive(message({ text: 'three', author: { identity: 'bot' } }));
    await receive(message({ text: 'four', author: { identity: 'erin', role: 'HUMAN_AGENT' } }));
    const [conversation] = await client.conversations.v2.conversations.list({ channelId });
    expect(conversation).toMatchObject({ id: first.id });
    expect(conversation?.participants?.map(({ type }) => type)).toEqual([
      'CUSTOMER',
      'AI_AGENT',
      'HUMAN_AGENT',
    ]);
    const said = (await client.conversations.v2.communications(first.id).list()).toReversed();
    expect(
      said.map(({ author, recipients }) => [author.address, recipients.map(({ address }) => address)]),
    ).toEqual([
      [dana, []],
      [dana, ['bot']],
      ['bot', [dana]],
      ['erin', [dana, 'bot']],
    ]);
  });

  it('of another customer in the same chat is another conversation', async () => {
    const first = await conversationOf(await receive(message()));
    const erin = { identity: `erin-${channelId}`, role: 'CUSTOMER' };
    const second = await conversationOf(await receive(message({ author: erin })));
    expect(second.id).not.toBe(first.id);
    expect(second.participants.map(({ addresses }) => addresses?.[0]?.address)).toEqual([erin.identity]);
    for (const [author, id] of [
      [{ identity: dana }, first.id],
      [erin, second.id],
    ] as const)
      expect((await conversationOf(await receive(message({ author })))).id).toBe(id);
  });

  it('of the same customer in another chat joins the live conversation', async () => {
    const first = await conversationOf(await receive(message()));
    const earlier = channelId;
    channelId = uniqueSid('CH');
    const second = await conversationOf(await receive(message()));
    expect(second.id).toBe(first.id);
    expect(second.participants[0]?.addresses).toMatchObject([{ address: dana, channelId }]);
    expect(await client.conversations.v2.conversations.list({ channelId: earlier })).toHaveLength(1);
  });

  it('is recorded once and answered alike, also once its conversation is CLOSED', async () => {
    const body = message();
    const first = await receive(body);
    expect(await receive(body)).toEqual(first);
    const { id } = await conversationOf(first);
    await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
    const before = await listEvents(server);
    expect(await receive(body)).toEqual(first);
    expect(await listEvents(server)).toEqual(before);
  });

  it.each<[string, object]>([
    ['of another service', { chatService: `IS${'9'.repeat(32)}` }],
    ['of no service', { chatService: undefined }],
    ['without text', { text: ' ' }],
  ])('is not captured %s', async (_what, changes) => {
    expect(await receive(message(changes))).toEqual([]);
  });

  it('is typed by profiles when nobody says who is who', async () => {
    const known = await conversationOf(await receive(message()));
    const profileId = known.participants[0]?.profileId;
    await client.conversations.v2.conversations(known.id).update({ status: 'CLOSED' });
    const to = `bot-${channelId}`;
    const told = message({ author: { identity: dana }, recipients: [{ address: to }] });
    const { participants } = await conversationOf(await receive(told));
    expect(participants.map(({ type, profileId: id }) => [type, id])).toEqual([
      ['CUSTOMER', profileId],
      ['AGENT', undefined],
    ]);
    channelId = uniqueSid('CH');
    const strangers = message({ author: { identity: channelId }, recipients: [{ identity: to }] });
    expect((await conversationOf(await receive(strangers))).participants.map(({ type }) => type)).toEqual([
      'UNKNOWN',
      'UNKNOWN',
    ]);
  });

  it('joins the conversation that it names', async () => {
    const { id } = await createConversation(client, configurationId, [
      { type: 'CUSTOMER', addresses: [{ channel: 'CHAT', address: dana }] },
    ]);
    const [place] = await receive(message({ conversationId: id, chatService: undefined }));
    expect(place).toMatchObject({ conversationId: id, configurationId });
    await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
    expect(await receive(message({ conversationId: id }))).toEqual([]);
  });

  it('is captured by the configuration that it names', async () => {
    const named = await createConfiguration(client, {});
    const [place, ...others] = await receive(message({ configurationId: named }));
    expect([place?.configurationId, others]).toEqual([named, []]);
    expect(await receive(message({ configurationId: 'conv_configuration_none' }))).toEqual([]);
  });
});

describe('the classic bridge', () => {
  it('captures every chat of its service, without a rule', async () => {
    const serviceId = `IS${'2'.repeat(32)}`;
    const bridged = await createConfiguration(client, { conversationsV1Bridge: { serviceId } });
    const captured = await receive(message({ chatService: serviceId }));
    const conversation = await conversationOf(captured);
    expect(conversation.configurationId).toBe(bridged);
    expect(conversation.participants[0]?.addresses).toMatchObject([{ channelId }]);
  });
});

describe('a chat message that is none', () => {
  it.each<[string, object, string]>([
    ['without a chat', { channelId: undefined }, 'channelId'],
    ['without an id', { messageId: undefined }, 'messageId'],
    ['with an empty id', { messageId: '' }, 'messageId'],
    ['without a text', { text: undefined }, 'text'],
    ['without an author', { author: undefined }, 'author'],
    ['with an author without identity', { author: { name: 'Dana' } }, 'author.identity'],
    ['with a recipient without identity', { recipients: [{ identity: 'bot' }, {}] }, 'recipients.1.identity'],
    ['with a role that nobody can have', { author: { identity: 'dana', role: 'UNKNOWN' } }, 'author.role'],
    ['with a time that is none', { occurredAt: 'yesterday' }, 'occurredAt'],
  ])('is refused %s', async (_what, changes, said) => {
    const reply = await server.request('POST', webhook, message(changes));
    expect(reply.status).toBe(400);
    expect((reply.body as { message: string }).message).toContain(said);
  });
});
