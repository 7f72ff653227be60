import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import {
  agentNumber,
  createConfiguration,
  createConversation,
  customerNumber,
  refusals,
  say,
  statusOf,
} from '../support/conversations.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let configurationId: string;
let conversationId: string;
let customerId: string | undefined;
let agentId: string | undefined;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
});
afterAll(() => server.stop());
beforeEach(async () => {
  configurationId = await createConfiguration(client);
  const { id, participants } = await createConversation(client, configurationId);
  conversationId = id;
  [customerId, agentId] = participants.map((participant) => participant.id);
});

const communications = (id = conversationId) => client.conversations.v2.communications(id);
const communication = (id: string) => client.conversations.v2.communications(conversationId, id);
const participants = () => client.conversations.v2.participants(conversationId).list();

describe('recording a communication', () => {
  it('keeps what was said, by whom and to whom', async () => {
    const recorded = await say(client, conversationId, {
      text: 'Where is my parcel?',
      channelId: 'CH1',
      resourceId: 'SM1',
      occurredAt: new Date('2026-03-30T10:30:00.123Z'),
    });
    expect(recorded).toMatchObject({
      id: expect.stringMatching(/^conv_communication_[0-7][0-9a-z]{25}$/),
      conversationId,
      author: { address: customerNumber, channel: 'SMS', participantId: customerId },
      content: { type: 'TEXT', text: 'Where is my parcel?' },
      recipients: [{ address: agentNumber, channel: 'SMS', participantId: agentId }],
      channelId: 'CH1',
      resourceId: 'SM1',
      occurredAt: new Date('2026-03-30T10:30:00.123Z'),
    });
    expect((await communication(recorded.id).fetch()).toJSON()).toEqual(recorded.toJSON());
  });

  it('happens now unless it says when, and has no delivery status of its own', async () => {
    const recorded = await say(client, conversationId);
    expect(recorded.occurredAt).toEqual(recorded.createdAt);
    expect(recorded.channelId).toBeNull();
    expect(recorded.recipients[0]?.deliveryStatus).toBeUndefined();
  });

  it('keeps the details of a transcription', async () => {
    const content = {
      type: 'TRANSCRIPTION',
      text: 'hi there',
      transcription: {
        channel: 0,
        confidence: 0.95,
        engine: 'twilio',
        words: [{ text: 'hi', startTime: '2026-03-30T10:30:00.000Z', endTime: '2026-03-30T10:30:00.500Z' }],
      },
    };
    const recorded = await communications().create({
      author: { address: customerNumber, channel: 'VOICE' },
      content,
      recipients: [{ address: agentNumber, channel: 'VOICE' }],
    });
    expect(recorded.content).toEqual(content);
  });

  it('takes the participant that it names, whatever the address', async () => {
    const recorded = await communications().create({
      author: { address: 'somewhere else', channel: 'CHAT', participantId: agentId ?? '' },
      content: { type: 'TEXT', text: 'hello' },
      recipients: [{ address: customerNumber, channel: 'SMS' }],
    });
    expect(recorded.author).toMatchObject({ address: 'somewhere else', participantId: agentId });
    expect(await participants()).toHaveLength(2);
  });

  it('finds a participant by another spelling of the address, and on another channel', async () => {
    const recorded = await say(client, conversationId, {
      from: `whatsapp:${customerNumber}`,
      to: '(202) 555-0100',
      channel: 'WHATSAPP',
    });
    expect(recorded.author.participantId).toBe(customerId);
    expect(recorded.recipients[0]?.participantId).toBe(agentId);
    expect(await participants()).toHaveLength(2);
  });

  it('lets those join as UNKNOWN whom nobody knows, each once', async () => {
    const recorded = await say(client, conversationId, { from: 'lee', to: 'lee', channel: 'CHAT' });
    const [joined, ...rest] = await participants();
    expect(rest).toHaveLength(2);
    expect(joined).toMatchObject({
      type: 'UNKNOWN',
      name: 'lee',
      addresses: [{ channel: 'CHAT', address: 'lee' }],
    });
    expect([recorded.author.participantId, recorded.recipients[0]?.participantId]).toEqual([
      joined?.id,
      joined?.id,
    ]);
  });

  it('recognises a customer of the memory store in somebody who joins', async () => {
    const { id, participants: known } = await createConversation(client, configurationId, [
      { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: '+12025550131' }] },
    ]);
    await client.conversations.v2.conversations(id).remove();
    await say(client, conversationId, { from: '+12025550131' });
    expect((await participants())[0]).toMatchObject({ type: 'CUSTOMER', profileId: known[0]?.profileId });
  });

  it('may make the conversation look like another one, and then the newest of them is found', async () => {
    const { id } = await createConversation(client, configurationId, [
      { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: customerNumber }] },
    ]);
    await say(client, id);
    const reply = await server.request('POST', '/v2/Conversations', {
      configurationId,
      participants: [
        { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: customerNumber }] },
        { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: agentNumber }] },
      ],
    });
    expect(reply.headers.get('X-Conflicting-Resource-Id')).toBe(id);
  });

  it('takes a text of eight mebibytes', async () => {
    const text = 'é'.repeat(8_388_608);
    const recorded = await say(client, conversationId, { text });
    expect(recorded.content.text.length).toBe(text.length);
    await expect(say(client, conversationId, { text: `${text}.` })).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/^content\.text: /),
    });
  });
});

describe('recall', () => {
  it('answers the last communications of a conversation, oldest first', async () => {
    const { participants } = await client.conversations.v2.conversations(conversationId).fetch();
    const known = participants?.find(({ type }) => type === 'CUSTOMER');
    const { configuration } = await client.conversations.v2.conversations(conversationId).fetch();
    for (const text of ['one', 'two', 'three']) await say(client, conversationId, { text, channelId: 'CH1' });
    const path = `/v1/Stores/${configuration?.memoryStoreId}/Profiles/${known?.profileId}/Recall`;
    const recalled = await server.request('POST', path, { conversationId, communicationsLimit: 2 });
    expect(recalled).toMatchObject({
      status: 200,
      body: {
        communications: [
          {
            content: { text: 'two' },
            channelId: 'CH1',
            author: {
              id: customerId,
              type: 'CUSTOMER',
              profileId: known?.profileId,
              address: customerNumber,
            },
            recipients: [{ id: agentId, name: agentNumber, type: 'AI_AGENT', channel: 'SMS' }],
          },
          { content: { text: 'three' } },
        ],
      },
    });
  });
});

describe('a known resourceId', () => {
  it('updates its communication instead of adding one, and answers 201', async () => {
    const first = await say(client, conversationId, { resourceId: 'SM1', channelId: 'CH1' });
    await server.advance(5);
    const again = await communications().createWithHttpInfo({
      author: { address: customerNumber, channel: 'SMS' },
      content: { type: 'TEXT', text: 'hello again' },
      recipients: [{ address: agentNumber, channel: 'SMS' }],
      resourceId: 'SM1',
    });
    expect(again.statusCode).toBe(201);
    expect(again.body).toMatchObject({
      id: first.id,
      content: { text: 'hello again' },
      channelId: 'CH1',
      createdAt: first.createdAt,
      occurredAt: first.occurredAt,
    });
    expect(again.body.updatedAt.getTime()).toBe(first.updatedAt.getTime() + 5000);
    expect(await communications().list()).toHaveLength(1);
  });

  it('changes nothing when the same message is delivered again', async () => {
    const first = await say(client, conversationId, { resourceId: 'SM1' });
    await server.advance(5);
    const again = await say(client, conversationId, { resourceId: 'SM1' });
    expect(again.toJSON()).toEqual(first.toJSON());
  });

  it('is known in its own conversation only', async () => {
    const first = await say(client, conversationId, { resourceId: 'SM1' });
    const { id } = await createConversation(client, configurationId, []);
    expect((await say(client, id, { resourceId: 'SM1' })).id).not.toBe(first.id);
  });

  it('gives one communication when it arrives ten times at once', async () => {
    const attempts = Array.from({ length: 10 }, () => say(client, conversationId, { resourceId: 'SM1' }));
    const ids = (await Promise.all(attempts)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(1);
    expect(await communications().list()).toHaveLength(1);
  });

  it('moves the conversation from the old channel resource to the new', async () => {
    const { conversations } = client.conversations.v2;
    await say(client, conversationId, { resourceId: 'SM1', channelId: 'CH-old' });
    await say(client, conversationId, { resourceId: 'SM1', channelId: 'CH-new' });
    expect(await conversations.list({ channelId: 'CH-old' })).toEqual([]);
    expect(await conversations.list({ channelId: 'CH-new' })).toHaveLength(1);
  });
});

describe('listing communications', () => {
  it('is newest first, over as many pages as it takes', async () => {
    const ids: string[] = [];
    for (let at = 0; at < 5; at += 1) ids.unshift((await say(client, conversationId, { text: `${at}` })).id);
    const listed = await communications().list({ pageSize: 2 });
    expect(listed.map(({ id }) => id)).toEqual(ids);
  });

  it('keeps those of a channel resource', async () => {
    const kept = await say(client, conversationId, { channelId: 'CA1' });
    await say(client, conversationId, { channelId: 'CA2' });
    await say(client, conversationId);
    const listed = await communications().list({ channelId: 'CA1' });
    expect(listed.map(({ id }) => id)).toEqual([kept.id]);
  });
});

describe('a CLOSED conversation', () => {
  beforeEach(async () => {
    await say(client, conversationId, { resourceId: 'SM1' });
    await client.conversations.v2.conversations(conversationId).update({ status: 'CLOSED' });
  });

  it('takes no new communication', async () => {
    const attempts = [say(client, conversationId), say(client, conversationId, { resourceId: 'SM2' })];
    for (const refusal of await refusals(attempts))
      expect(refusal).toMatchObject({ status: 400, code: 20001 });
    expect(await communications().list()).toHaveLength(1);
  });

  it('takes an update of one it has, but nobody new in it', async () => {
    const updated = await say(client, conversationId, { resourceId: 'SM1', text: 'corrected' });
    expect(updated.content.text).toBe('corrected');
    expect(await statusOf(client, conversationId)).toBe('CLOSED');
    await expect(
      say(client, conversationId, { resourceId: 'SM1', from: '+12025550139' }),
    ).rejects.toMatchObject({ status: 400 });
    expect(await participants()).toHaveLength(2);
  });
});

describe('an unknown communication', () => {
  it('is a 404, also when it is in another conversation', async () => {
    const { id } = await createConversation(client, configurationId, []);
    const elsewhere = await say(client, id);
    const ids = ['conv_communication_01k1etk2y5f1y9fpe2epfdtvv2', 'nonsense', elsewhere.id];
    for (const refusal of await refusals(ids.map((unknown) => communication(unknown).fetch()))) {
      expect(refusal).toMatchObject({ status: 404, code: 20404 });
    }
  });

  it('names no participant of another conversation', async () => {
    const { participants: others } = await createConversation(client, configurationId, [
      { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: '+12025550132' }] },
    ]);
    const attempt = communications().create({
      author: { address: customerNumber, channel: 'SMS' },
      content: { type: 'TEXT', text: 'hello' },
      recipients: [{ address: '+12025550132', channel: 'SMS', participantId: others[0]?.id ?? '' }],
    });
    await expect(attempt).rejects.toMatchObject({
      status: 400,
      message: 'recipients.0.participantId: is not a participant of this conversation',
    });
    expect(await communications().list()).toEqual([]);
  });
});
