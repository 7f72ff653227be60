import type { CreateConversationActionRequest as ActionDraft } from 'twilio/lib/rest/conversations/v2/action.js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import {
  agent,
  agentNumber,
  createConfiguration,
  createConversation,
  customer,
  customerNumber,
  refusals,
  say,
  statusOf,
  uniqueName,
} from '../support/conversations.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { createOtherAccountAuthorization, createOtherAccountClient } from '../support/second-account.ts';

let server: TestServer;
let client: SdkClient;
let configurationId: string;
let conversationId: string;
let customerId: string;
let agentId: string;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
});
afterAll(() => server.stop());
beforeEach(async () => {
  configurationId = await createConfiguration(client);
  const { id, participants } = await createConversation(client, configurationId);
  conversationId = id;
  [customerId = '', agentId = ''] = participants.map((participant) => participant.id ?? '');
});

type Payload = ActionDraft['payload'];

const actions = (id = conversationId) => client.conversations.v2.actions(id);
const communications = (id = conversationId) => client.conversations.v2.communications(id).list();

function draft(payload: Partial<Record<keyof Payload, unknown>> = {}, type = 'SEND_MESSAGE'): ActionDraft {
  return {
    type,
    payload: {
      from: { address: agentNumber, channel: 'SMS' },
      to: [{ address: customerNumber, channel: 'SMS' }],
      content: { text: 'On its way' },
      ...payload,
    } as Payload,
  };
}

/** Creates the action and waits until everything is sent. */
async function sent(action = draft(), id = conversationId) {
  const created = await actions(id).create(action);
  await server.idle();
  return actions(id).get(created.id).fetch();
}

interface OutboxPage {
  readonly messages: { readonly content: { readonly text: string } }[];
  readonly meta: { readonly nextToken?: string };
}

async function outbox(query = `conversationId=${conversationId}`) {
  const { body } = await server.request('GET', `/rapport/v1/outbox?${query}`);
  // The list that the outbox answers.
  return (body as { messages: Record<string, unknown>[] }).messages;
}

describe('sending a message', () => {
  it('is accepted at once and not done yet', async () => {
    const { statusCode, body } = await actions().createWithHttpInfo(draft());
    expect(statusCode).toBe(202);
    expect(body.toJSON()).toMatchObject({
      id: expect.stringMatching(/^conv_action_[0-7][0-9a-z]{25}$/),
      type: 'SEND_MESSAGE',
      status: 'PENDING',
      conversationId,
      completedAt: null,
      failureReason: null,
    });
  });

  it('ends COMPLETED with the message and the communication that records it', async () => {
    const action = await sent();
    expect(action).toMatchObject({ type: 'SEND_MESSAGE', status: 'COMPLETED', failureReason: null });
    expect(action.completedAt).toBeInstanceOf(Date);
    expect(action.related['messageSid']).toMatch(/^SM[0-9a-f]{32}$/);
    expect(await communications()).toMatchObject([
      {
        id: action.related['communicationId'],
        resourceId: action.related['messageSid'],
        author: { address: agentNumber, channel: 'SMS', participantId: agentId },
        content: { type: 'TEXT', text: 'On its way' },
        channelId: null,
        recipients: [
          {
            address: customerNumber,
            channel: 'SMS',
            participantId: customerId,
            deliveryStatus: 'INITIATED',
          },
        ],
      },
    ]);
  });

  it('answers with the type that was asked for', async () => {
    expect(await sent(draft({}, 'action-send-message'))).toMatchObject({
      type: 'action-send-message',
      status: 'COMPLETED',
    });
  });

  it('takes the three forms of a party in one request', async () => {
    const { id, participants } = await createConversation(client, configurationId, [
      customer('+12025550111'),
      agent('+12025550101'),
      { addresses: ['SMS', 'WHATSAPP'].map((channel) => ({ channel, address: '+12025550112' })) },
    ]);
    await sent(
      draft({
        from: { participantId: participants[1]?.id },
        to: [
          { participantId: participants[2]?.id, channel: 'SMS' },
          { address: '+12025550111', channel: 'SMS' },
        ],
      }),
      id,
    );
    expect(await communications(id)).toMatchObject([
      {
        author: { participantId: participants[1]?.id, address: '+12025550101' },
        recipients: [
          { participantId: participants[2]?.id, address: '+12025550112' },
          { participantId: participants[0]?.id, address: '+12025550111' },
        ],
      },
    ]);
  });

  it('sends one message to each recipient, and records them as one communication', async () => {
    const numbers = [customerNumber, '+12025550111', '+12025550112'];
    const action = await sent(draft({ to: numbers.map((address) => ({ address, channel: 'SMS' })) }));
    const messages = await outbox();
    expect(messages.map(({ to }) => to).toReversed()).toEqual(numbers.map((number) => [number]));
    expect(action.related['messageSid']).toBe(messages.at(-1)?.['messageSid']);
    const [recorded, ...others] = await communications();
    expect(others).toEqual([]);
    expect(recorded?.recipients.map(({ address, deliveryStatus }) => [address, deliveryStatus])).toEqual(
      numbers.map((number) => [number, 'INITIATED']),
    );
  });

  it('lets an address that is nobody’s join as UNKNOWN at once', async () => {
    await actions().create(draft({ to: [{ address: '+12025550177', channel: 'SMS' }] }));
    const [joined] = await client.conversations.v2.participants(conversationId).list();
    expect(joined).toMatchObject({
      type: 'UNKNOWN',
      addresses: [{ channel: 'SMS', address: '+12025550177' }],
    });
  });

  it('makes an INACTIVE conversation ACTIVE again', async () => {
    await client.conversations.v2.conversations(conversationId).update({ status: 'INACTIVE' });
    await sent();
    expect(await statusOf(client, conversationId)).toBe('ACTIVE');
  });

  it('happens in the order of the actions, between what else is said', async () => {
    const texts = Array.from({ length: 10 }, (_, at) => `message ${at}`);
    for (const text of texts) await actions().create(draft({ content: { text } }));
    await server.idle();
    await say(client, conversationId, { text: 'Thanks' });
    expect((await outbox()).map(({ content }) => (content as { text: string }).text)).toEqual(
      texts.toReversed(),
    );
    const said = (await communications()).map(({ content }) => content.text);
    expect(said.toReversed()).toEqual([...texts, 'Thanks']);
  });

  it('sends once what many ask for at once, each its own', async () => {
    const texts = Array.from({ length: 20 }, (_, at) => `message ${at}`);
    await Promise.all(texts.map((text) => actions().create(draft({ content: { text } }))));
    await server.idle();
    const messages = (await outbox()).map(({ content }) => (content as { text: string }).text);
    expect(messages.toSorted()).toEqual(texts.toSorted());
    expect(await communications()).toHaveLength(texts.length);
  });

  it('is told of under the request that asked for it: who joined, then what was sent', async () => {
    const action = draft({ to: [{ address: '+12025550177', channel: 'SMS' }] });
    const { headers } = await server.request('POST', `/v2/Conversations/${conversationId}/Actions`, action);
    await server.idle();
    const events = await server.context.db.reader
      .selectFrom('events')
      .select(['type', 'request_id'])
      .where('conversation_id', '=', conversationId)
      .orderBy('position', 'desc')
      .limit(2)
      .execute();
    const request_id = headers.get('Twilio-Request-Id');
    expect(events.toReversed()).toEqual([
      { type: 'PARTICIPANT_ADDED', request_id },
      { type: 'COMMUNICATION_CREATED', request_id },
    ]);
  });

  it('is refused in a CLOSED conversation', async () => {
    await client.conversations.v2.conversations(conversationId).update({ status: 'CLOSED' });
    const [refusal] = await refusals([actions().create(draft())]);
    expect(refusal).toMatchObject({ status: 400, code: 20001 });
  });
});

describe('on other channels', () => {
  it('a WhatsApp message goes to prefixed addresses, and is recorded with the ones that are there', async () => {
    const { id } = await createConversation(client, configurationId, [
      customer(customerNumber, 'WHATSAPP'),
      agent(`whatsapp:${agentNumber}`, 'WHATSAPP'),
    ]);
    const to = [{ address: customerNumber, channel: 'WHATSAPP' }];
    await sent(draft({ from: { address: agentNumber, channel: 'WHATSAPP' }, to }), id);
    expect(await outbox(`conversationId=${id}`)).toMatchObject([
      { channel: 'WHATSAPP', from: `whatsapp:${agentNumber}`, to: [`whatsapp:${customerNumber}`] },
    ]);
    expect(await communications(id)).toMatchObject([{ recipients: to }]);
  });

  it('a chat message is one message for everybody in its channel, by which it is found', async () => {
    const people = [customer('dana', 'CHAT'), customer('erin', 'CHAT'), agent('bot', 'CHAT')];
    const { id } = await createConversation(client, configurationId, people);
    const channelId = `CH-${uniqueName()}`;
    const channelSettings = { channelId, chatService: 'IS1', Attributes: { mood: 'calm' } };
    const to = ['dana', 'erin'].map((address) => ({ address, channel: 'CHAT' }));
    await sent(draft({ from: { address: 'bot', channel: 'CHAT' }, to, channelSettings }), id);
    expect(await outbox(`conversationId=${id}`)).toMatchObject([
      { channel: 'CHAT', from: 'bot', to: ['dana', 'erin'], channelSettings },
    ]);
    expect(await communications(id)).toMatchObject([
      { channelId, recipients: to.map((party) => ({ ...party, deliveryStatus: 'INITIATED' })) },
    ]);
    const found = await client.conversations.v2.conversations.list({ channelId });
    expect(found.map((conversation) => conversation.id)).toEqual([id]);
  });
});

describe('an action', () => {
  it('is not there for another account, in another conversation, or by another id', async () => {
    const { id } = await sent();
    const other = await createOtherAccountClient(server);
    const elsewhere = await createConversation(client, configurationId, [customer('+12025550111')]);
    const unknown = 'conv_action_00000000000000000000000000';
    const found = await refusals([
      other.conversations.v2.actions(conversationId).create(draft()),
      other.conversations.v2.actions(conversationId, id).fetch(),
      client.conversations.v2.actions(elsewhere.id, id).fetch(),
      client.conversations.v2.actions(conversationId, unknown).fetch(),
      actions('conv_conversation_00000000000000000000000000').create(draft()),
    ]);
    for (const refusal of found) expect(refusal).toMatchObject({ status: 404, code: 20404 });
  });

  it('is gone with its conversation, and nothing is left of it in the outbox', async () => {
    const { id } = await sent();
    await client.conversations.v2.conversations(conversationId).remove();
    await server.idle();
    const [refusal] = await refusals([client.conversations.v2.actions(conversationId, id).fetch()]);
    expect(refusal).toMatchObject({ status: 404 });
    expect(await outbox()).toEqual([]);
  });
});

describe('the outbox', () => {
  it('shows what was to be sent, as it was written', async () => {
    const content = {
      text: 'Your parcel',
      contentId: `HX${'a'.repeat(32)}`,
      variables: { 1: 'Ada' },
      mediaUrls: ['https://example.com/parcel.png'],
    };
    const channelSettings = { messagingServiceSid: 'MG1', statusCallback: 'https://example.com/receipts' };
    const action = await sent(draft({ content, channelSettings }));
    expect(await outbox()).toEqual([
      {
        messageSid: action.related['messageSid'],
        conversationId,
        actionId: action.id,
        channel: 'SMS',
        from: agentNumber,
        to: [customerNumber],
        content,
        channelSettings,
        createdAt: action.completedAt.toISOString(),
      },
    ]);
  });

  it('is read page by page, newest first, in one conversation or in all of the account', async () => {
    for (const text of ['one', 'two', 'three']) await sent(draft({ content: { text } }));
    const path = `/rapport/v1/outbox?conversationId=${conversationId}&pageSize=2`;
    const first = (await server.request('GET', path)).body as OutboxPage;
    expect(first.meta).toMatchObject({ key: 'messages', pageSize: 2 });
    const second = (await server.request('GET', `${path}&pageToken=${first.meta.nextToken}`))
      .body as OutboxPage;
    expect([...first.messages, ...second.messages].map(({ content }) => content.text)).toEqual([
      'three',
      'two',
      'one',
    ]);
    expect(second.meta.nextToken).toBeUndefined();
    const foreign = await server.request('GET', `/rapport/v1/outbox?pageToken=${first.meta.nextToken}`);
    expect(foreign.status).toBe(400);
    expect((await outbox('')).length).toBeGreaterThan(3);
  });

  it('is each account’s own', async () => {
    await sent();
    const Authorization = await createOtherAccountAuthorization(server);
    const { body } = await server.request('GET', '/rapport/v1/outbox', undefined, { Authorization });
    expect(body).toMatchObject({ messages: [] });
  });
});
