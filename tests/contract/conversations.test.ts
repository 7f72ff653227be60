import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { nobodysUrl } from '../support/callback-receiver.ts';
import {
  agent,
  agentNumber,
  createConfiguration,
  createConversation,
  customer,
  customerNumber,
  finishedId,
  refusals,
  say,
  statusOf,
} from '../support/conversations.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { createOtherAccountClient } from '../support/second-account.ts';

let server: TestServer;
let client: SdkClient;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
});
afterAll(() => server.stop());

const conversations = () => client.conversations.v2.conversations;
const unknownId = 'conv_conversation_01k1etk2y5f1y9fpe2epfdtvv2';

describe('creating a conversation', () => {
  it('answers it ACTIVE, with its participants and the settings in force', async () => {
    const configurationId = await createConfiguration(client, { description: 'phone line' });
    const created = await conversations().create({
      configurationId,
      name: 'Order 17',
      metadata: { ticket: 'TKT-1', 'a.b_c-d': '' },
      configuration: { intelligenceConfigurationIds: ['intelligence_configuration_1'] },
      participants: [
        { ...customer(), name: 'Dana' },
        { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: agentNumber, channelId: 'SM1' }] },
      ],
    });
    expect(created).toMatchObject({
      id: expect.stringMatching(/^conv_conversation_[0-7][0-9a-z]{25}$/),
      accountId: expect.stringMatching(/^AC/),
      configurationId,
      status: 'ACTIVE',
      name: 'Order 17',
      metadata: { ticket: 'TKT-1', 'a.b_c-d': '' },
      configuration: {
        description: 'phone line',
        intelligenceConfigurationIds: ['intelligence_configuration_1'],
        memoryExtractionEnabled: false,
      },
      participants: [
        { name: 'Dana', type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: customerNumber }] },
        { name: agentNumber, type: 'AI_AGENT', addresses: [{ channelId: 'SM1' }] },
      ],
    });
    const fetched = await conversations()(created.id ?? '').fetch();
    expect(fetched.toJSON()).toEqual(created.toJSON());
  });

  it('has no name, no metadata and no participants unless they are given', async () => {
    const configurationId = await createConfiguration(client);
    const created = await conversations().create({ configurationId });
    expect(created).toMatchObject({ name: null, metadata: {}, participants: [] });
  });

  it('is a 404 with an unknown configuration', async () => {
    const configurationId = 'conv_configuration_01k1etk2y5f1y9fpe2epfdtvv2';
    await expect(conversations().create({ configurationId })).rejects.toMatchObject({
      status: 404,
      code: 20404,
    });
  });

  it('refuses what this server does not have', async () => {
    const configurationId = await createConfiguration(client);
    const refused = [
      { configurationId, action: { type: 'SEND_MESSAGE' } },
      { configurationId, configuration: { workflows: [{ flowId: 'FW00000000000000000000000000000000' }] } },
    ];
    for (const body of refused) {
      const reply = await server.request('POST', '/v2/Conversations', body);
      expect(reply).toMatchObject({ status: 400, body: { code: 20001 } });
      expect((reply.body as { message: string }).message).toContain('not supported');
    }
  });

  it('refuses two participants with one address', async () => {
    const configurationId = await createConfiguration(client);
    await expect(
      createConversation(client, configurationId, [customer(), agent('(202) 555-0123')]),
    ).rejects.toMatchObject({ status: 400, message: expect.stringMatching(/^participants\.1\.addresses: /) });
  });
});

describe('grouping', () => {
  it('answers 409 with the id of the live conversation of the same parties', async () => {
    const configurationId = await createConfiguration(client);
    const { id } = await createConversation(client, configurationId);
    const reply = await server.request('POST', '/v2/Conversations', {
      configurationId,
      participants: [agent('+1 202 555 0100'), customer()],
    });
    expect(reply).toMatchObject({ status: 409, body: { code: 20409, status: 409 } });
    expect(reply.headers.get('X-Conflicting-Resource-Id')).toBe(id);
  });

  it('keeps configurations, channels and customers apart', async () => {
    const configurationId = await createConfiguration(client);
    await createConversation(client, configurationId);
    await createConversation(client, await createConfiguration(client));
    await createConversation(client, configurationId, [
      customer(customerNumber, 'VOICE'),
      agent(agentNumber, 'VOICE'),
    ]);
    await createConversation(client, configurationId, [customer('+12025550124'), agent()]);
  });

  it('joins channels when only addresses count', async () => {
    const configurationId = await createConfiguration(client, {
      conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES',
    });
    await createConversation(client, configurationId);
    const onWhatsapp = [
      customer(`whatsapp:${customerNumber}`, 'WHATSAPP'),
      agent(`whatsapp:${agentNumber}`, 'WHATSAPP'),
    ];
    await expect(createConversation(client, configurationId, onWhatsapp)).rejects.toMatchObject({
      status: 409,
    });
  });

  it('joins all addresses of a customer when profiles count', async () => {
    const configurationId = await createConfiguration(client, {
      conversationGroupingType: 'GROUP_BY_PROFILE',
    });
    const { participants } = await createConversation(client, configurationId);
    const known = participants.find(({ type }) => type === 'CUSTOMER');
    const onChat = { ...customer('dana', 'CHAT'), profileId: known?.profileId };
    await expect(createConversation(client, configurationId, [onChat])).rejects.toMatchObject({
      status: 409,
    });
    await createConversation(client, configurationId, [customer('dana', 'CHAT')]);
  });

  it('has no key without participants, so that never conflicts', async () => {
    const configurationId = await createConfiguration(client);
    const [first, second] = [
      await createConversation(client, configurationId, []),
      await createConversation(client, configurationId, []),
    ];
    expect(first.id).not.toBe(second.id);
  });

  it('gives one conversation when the same parties are created twenty times at once', async () => {
    const configurationId = await createConfiguration(client, {
      conversationGroupingType: 'GROUP_BY_PROFILE',
    });
    const attempts = await Promise.all(
      Array.from({ length: 20 }, () =>
        server.request('POST', '/v2/Conversations', { configurationId, participants: [customer(), agent()] }),
      ),
    );
    const created = attempts.filter(({ status }) => status === 201);
    expect(created).toHaveLength(1);
    const { id } = created[0]?.body as { id: string };
    const refused = attempts.filter(({ status }) => status === 409);
    expect(refused).toHaveLength(19);
    expect(new Set(refused.map(({ headers }) => headers.get('X-Conflicting-Resource-Id')))).toEqual(
      new Set([id]),
    );
  });

  it('lets the same parties start anew once the conversation is CLOSED or deleted', async () => {
    const configurationId = await createConfiguration(client);
    const first = await createConversation(client, configurationId);
    await conversations()(first.id).update({ status: 'CLOSED' });
    const second = await createConversation(client, configurationId);
    await conversations()(second.id).remove();
    await createConversation(client, configurationId);
  });

  it('finds the newest of those that have come to have the same parties, and then the one before', async () => {
    const configurationId = await createConfiguration(client);
    const older = await createConversation(client, configurationId);
    const newer = await createConversation(client, configurationId, []);
    await say(client, newer.id);
    const found = async () => {
      const participants = [customer(), agent()];
      const reply = await server.request('POST', '/v2/Conversations', { configurationId, participants });
      return reply.headers.get('X-Conflicting-Resource-Id');
    };
    expect(await found()).toBe(newer.id);
    await conversations()(newer.id).update({ status: 'CLOSED' });
    expect(await found()).toBe(older.id);
    await conversations()(older.id).update({ status: 'CLOSED' });
    expect(await found()).toBeNull();
  });

  it('knows a customer whose profile was merged into another one', async () => {
    const memoryStoreId = await createStore(client, 'merging');
    const configurationId = await createConfiguration(client, {
      conversationGroupingType: 'GROUP_BY_PROFILE',
      memoryStoreId,
    });
    const profiles = client.memory.v1.profiles(memoryStoreId);
    const { id: older } = await profiles.create({ traits: { Contact: { email: 'dana@example.com' } } });
    const { id, participants } = await createConversation(client, configurationId);
    const both = { email: 'dana@example.com', phone: customerNumber };
    expect((await profiles.create({ traits: { Contact: both } })).id).toBe(older);
    expect(participants[0]?.profileId).not.toBe(older);
    const reply = await server.request('POST', '/v2/Conversations', {
      configurationId,
      participants: [customer(), agent()],
    });
    expect(reply.headers.get('X-Conflicting-Resource-Id')).toBe(id);
  });

  it('goes by addresses again when the profile of the customer is erased', async () => {
    const memoryStoreId = await createStore(client, 'erasing');
    const configurationId = await createConfiguration(client, {
      conversationGroupingType: 'GROUP_BY_PROFILE',
      memoryStoreId,
    });
    const { id, participants } = await createConversation(client, configurationId);
    await client.memory.v1.profiles(memoryStoreId, participants[0]?.profileId ?? '').remove();
    await server.idle();
    const reply = await server.request('POST', '/v2/Conversations', {
      configurationId,
      participants: [{ addresses: customer().addresses }, agent()],
    });
    expect(reply.headers.get('X-Conflicting-Resource-Id')).toBe(id);
  });

  it('still matches an INACTIVE conversation', async () => {
    const configurationId = await createConfiguration(client);
    const { id } = await createConversation(client, configurationId);
    await conversations()(id).update({ status: 'INACTIVE' });
    await expect(createConversation(client, configurationId)).rejects.toMatchObject({ status: 409 });
  });
});

describe('changing a conversation', () => {
  it('by PUT sets the status and what else is given, and keeps the rest', async () => {
    const { id } = await createConversation(client, await createConfiguration(client));
    await conversations()(id).update({ status: 'ACTIVE', name: 'first', metadata: { a: '1', b: '2' } });
    const updated = await conversations()(id).update({ status: 'INACTIVE' });
    expect(updated).toMatchObject({ status: 'INACTIVE', name: 'first', metadata: { a: '1', b: '2' } });
    const replaced = await conversations()(id).update({ status: 'INACTIVE', metadata: { c: '3' } });
    expect(replaced.metadata).toEqual({ c: '3' });
    expect(replaced.participants).toHaveLength(2);
  });

  it('by PATCH clears the name with null and merges metadata', async () => {
    const { id } = await createConversation(client, await createConfiguration(client));
    await conversations()(id).update({ status: 'ACTIVE', name: 'first', metadata: { a: '1', b: '2' } });
    const patched = await server.request('PATCH', `/v2/Conversations/${id}`, {
      name: null,
      metadata: { a: null, c: '3' },
    });
    expect(patched).toMatchObject({ status: 200, body: { name: null } });
    expect((patched.body as { metadata: object }).metadata).toEqual({ b: '2', c: '3' });
  });

  it('holds at most eight pairs of metadata after the merge', async () => {
    const { id } = await createConversation(client, await createConfiguration(client));
    const pairs = (from: number, to: number) =>
      Object.fromEntries(Array.from({ length: to - from }, (_, at) => [`key${from + at}`, 'x']));
    await conversations()(id).patch({ metadata: pairs(0, 8) });
    await expect(conversations()(id).patch({ metadata: pairs(8, 9) })).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/^metadata: /),
    });
    expect((await conversations()(id).fetch()).metadata).toEqual(pairs(0, 8));
  });

  it('by PATCH replaces the callbacks of this conversation alone', async () => {
    const statusCallbacks = [{ url: nobodysUrl, method: 'POST' as const }];
    const configurationId = await createConfiguration(client, { statusCallbacks });
    const { id } = await createConversation(client, configurationId);
    const many = Array.from({ length: 20 }, (_, at) => ({ url: `${nobodysUrl}/${at}` }));
    const extended = await conversations()(id).patch({ configuration: { statusCallbacks: many } });
    expect(extended.configuration?.statusCallbacks).toHaveLength(20);
    const silenced = await conversations()(id).patch({ configuration: { statusCallbacks: [] } });
    expect(silenced.configuration?.statusCallbacks).toEqual([]);
    const configuration = await client.conversations.v2.configurations(configurationId).fetch();
    expect(configuration.statusCallbacks).toEqual(statusCallbacks);
  });

  it('closes for good: the same again is a 200 that changes nothing, anything else a 400', async () => {
    const { id } = await createConversation(client, await createConfiguration(client));
    const closed = await conversations()(id).update({ status: 'CLOSED' });
    await server.advance(5);
    const again = await conversations()(id).update({ status: 'CLOSED' });
    expect(again.toJSON()).toEqual(closed.toJSON());
    for (const status of ['ACTIVE', 'INACTIVE']) {
      await expect(conversations()(id).patch({ status })).rejects.toMatchObject({ status: 400, code: 20001 });
    }
    expect(await statusOf(client, id)).toBe('CLOSED');
  });
});

describe('deleting a conversation', () => {
  it('is answered with an operation that is COMPLETED when nothing is left', async () => {
    const { id } = await createConversation(client, await createConfiguration(client));
    await say(client, id);
    const { statusUrl } = await conversations()(id).remove({ idempotencyKey: randomUUID() });
    await server.idle();
    expect(await finishedId(client, statusUrl, 'conversationId')).toBe(id);
  });

  it('makes it unknown at once, with everything in it', async () => {
    const { id, participants } = await createConversation(client, await createConfiguration(client));
    const communication = await say(client, id, { channelId: 'CA-deleted' });
    await conversations()(id).remove();
    const v2 = client.conversations.v2;
    const gone = [
      v2.conversations(id).fetch(),
      v2.conversations(id).remove(),
      v2.participants(id, participants[0]?.id ?? '').fetch(),
      v2.communications(id, communication.id).fetch(),
      v2.communications(id).list(),
      v2.participants(id).list(),
    ];
    for (const refusal of await refusals(gone)) expect(refusal).toMatchObject({ status: 404, code: 20404 });
    expect(await v2.conversations.list({ channelId: 'CA-deleted' })).toEqual([]);
    expect((await v2.conversations.list()).map((conversation) => conversation.id)).not.toContain(id);
  });

  it('answers a repeat under the same key as it did at first, also once it is done', async () => {
    const { id } = await createConversation(client, await createConfiguration(client));
    const idempotencyKey = randomUUID();
    const first = await conversations()(id).remove({ idempotencyKey });
    const again = await conversations()(id).remove({ idempotencyKey });
    expect(again.statusUrl).toBe(first.statusUrl);
    await server.idle();
    expect((await conversations()(id).remove({ idempotencyKey })).statusUrl).toBe(first.statusUrl);
  });

  it('leaves alone what was remembered of it', async () => {
    const configurationId = await createConfiguration(client, { memoryExtractionEnabled: true });
    const { id, participants, configuration } = await createConversation(client, configurationId, [
      customer('+12025550149'),
      agent(),
    ]);
    await say(client, id, { from: '+12025550149', text: 'I live in Springfield and I prefer e-mail.' });
    await conversations()(id).update({ status: 'CLOSED' });
    await server.idle();
    await conversations()(id).remove();
    await server.idle();
    const memories = client.memory.v1.observations(
      configuration?.memoryStoreId ?? '',
      participants[0]?.profileId ?? '',
    );
    expect((await memories.list()).map(({ content }) => content).join()).toContain('Springfield');
  });
});

describe('listing conversations', () => {
  let other: SdkClient;
  const ids: string[] = [];

  beforeAll(async () => {
    other = await createOtherAccountClient(server);
    const configurationId = await createConfiguration(other);
    for (const status of ['ACTIVE', 'INACTIVE', 'CLOSED', 'ACTIVE', 'CLOSED']) {
      const { id } = await createConversation(other, configurationId, []);
      await other.conversations.v2.conversations(id).update({ status });
      ids.unshift(id);
    }
  });

  it('is newest first, over as many pages as it takes', async () => {
    const listed = await other.conversations.v2.conversations.list({ pageSize: 2 });
    expect(listed.map(({ id }) => id)).toEqual(ids);
  });

  it('keeps the statuses asked for, repeated or joined with commas', async () => {
    const repeated = await other.conversations.v2.conversations.list({
      status: ['ACTIVE', 'INACTIVE'],
      pageSize: 1,
    });
    const joined = await other.conversations.v2.conversations.list({
      // As one of the Agent Connect clients sends it.
      status: ['INACTIVE,ACTIVE' as 'ACTIVE'],
    });
    const live = [ids[1], ids[3], ids[4]];
    expect(repeated.map(({ id }) => id)).toEqual(live);
    expect(joined.map(({ id }) => id)).toEqual(live);
  });

  it('finds a channel resource of an address or of a communication', async () => {
    const configurationId = await createConfiguration(client);
    const { id } = await createConversation(client, configurationId, [
      {
        type: 'CUSTOMER',
        addresses: [{ channel: 'VOICE', address: customerNumber, channelId: 'CA-address' }],
      },
    ]);
    await say(client, id, { channelId: 'CA-communication', channel: 'VOICE' });
    for (const channelId of ['CA-address', 'CA-communication']) {
      const found = await conversations().list({ channelId, status: ['ACTIVE'] });
      expect(found.map((conversation) => conversation.id)).toEqual([id]);
      expect(await conversations().list({ channelId, status: ['CLOSED'] })).toEqual([]);
    }
    expect(await conversations().list({ channelId: 'CA-unknown' })).toEqual([]);
  });
});

describe('conversations of another account', () => {
  it('are unknown, and their configurations cannot be used', async () => {
    const other = await createOtherAccountClient(server);
    const configurationId = await createConfiguration(client);
    const { id } = await createConversation(client, configurationId);
    const v2 = other.conversations.v2;
    const attempts = [
      v2.conversations(id).fetch(),
      v2.conversations(id).update({ status: 'CLOSED' }),
      v2.conversations(id).patch({ name: 'mine' }),
      v2.conversations(id).remove(),
      v2.participants(id).list(),
      v2.participants(id).create({ addresses: [{ channel: 'CHAT', address: 'mallory' }] }),
      v2.communications(id).list(),
      say(other, id),
      v2.conversations.create({ configurationId }),
    ];
    for (const refusal of await refusals(attempts))
      expect(refusal).toMatchObject({ status: 404, code: 20404 });
    expect(await v2.conversations.list()).toEqual([]);
    expect(await statusOf(client, id)).toBe('ACTIVE');
    expect(await client.conversations.v2.communications(id).list()).toEqual([]);
  });
});

describe('an unknown conversation', () => {
  it.each([unknownId, 'nonsense'])('is a 404 for %s', async (id) => {
    const attempts = [
      conversations()(id).fetch(),
      conversations()(id).update({ status: 'CLOSED' }),
      conversations()(id).patch({}),
      conversations()(id).remove(),
    ];
    for (const refusal of await refusals(attempts))
      expect(refusal).toMatchObject({ status: 404, code: 20404 });
  });
});
