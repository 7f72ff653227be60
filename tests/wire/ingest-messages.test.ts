import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { agentNumber, createConfiguration, customerNumber } from '../support/conversations.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import {
  type Form,
  ingest,
  listEvents,
  messageForm,
  postForm,
  uniqueCustomer,
  uniqueSid,
} from '../support/webhooks.ts';

let server: TestServer;
let client: SdkClient;
let configurationId: string;

const minutes = (count: number) => count * 60;
const inbound = { from: '*', to: agentNumber };
const outbound = { from: agentNumber, to: '*' };
const timers = { inactive: 10, closed: 60 };
const channel = { statusTimeouts: timers, captureRules: [inbound, outbound] };

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  configurationId = await createConfiguration(client, {
    channelSettings: { SMS: channel, WHATSAPP: channel, RCS: { captureRules: [{ from: '*', to: 'shop' }] } },
  });
});
afterAll(() => server.stop());

const webhook = `${ingest}/messages`;

/** Posts the form and checks the answer that every webhook gets. */
async function receive(form: Form): Promise<void> {
  const reply = await postForm(server, webhook, form);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  expect(reply.body).toBe('<Response/>');
  expect(reply.headers.get('content-type')).toBe('text/xml; charset=utf-8');
}

/** The conversations of the test's own customer, newest first. */
async function conversationsOf(address: string) {
  const all = await client.conversations.v2.conversations.list({ pageSize: 1000 });
  return all.filter(({ participants = [] }) =>
    participants.some(({ addresses = [] }) => addresses.some((held) => held.address === address)),
  );
}

async function onlyConversationOf(address: string) {
  const [conversation, ...others] = await conversationsOf(address);
  if (!conversation?.id || others.length > 0) throw new Error(`${address} has ${others.length + 1}`);
  return { ...conversation, id: conversation.id, participants: conversation.participants ?? [] };
}

const saidIn = async (conversationId: string) =>
  (await client.conversations.v2.communications(conversationId).list()).toReversed();

let customer: string;
beforeEach(() => {
  customer = uniqueCustomer();
});

describe('an incoming message', () => {
  it('makes a conversation with the customer and the account’s own side in it', async () => {
    const MessageSid = uniqueSid('SM');
    await receive(messageForm({ MessageSid, From: customer, Body: 'Is my order on its way?' }));
    const { id, status, participants, ...conversation } = await onlyConversationOf(customer);
    expect(conversation.configurationId).toBe(configurationId);
    expect(status).toBe('ACTIVE');
    expect(participants).toMatchObject([
      { type: 'CUSTOMER', name: customer, addresses: [{ channel: 'SMS', address: customer }] },
      { type: 'AGENT', addresses: [{ channel: 'SMS', address: agentNumber }] },
    ]);
    expect(participants[0]?.profileId).toMatch(/^mem_profile_/);
    expect(participants[1]?.profileId).toBeUndefined();
    const [communication, ...others] = await saidIn(id);
    expect(others).toEqual([]);
    expect(communication).toMatchObject({
      author: { address: customer, channel: 'SMS', participantId: participants[0]?.id },
      recipients: [
        {
          address: agentNumber,
          channel: 'SMS',
          participantId: participants[1]?.id,
          deliveryStatus: 'DELIVERED',
        },
      ],
      content: { type: 'TEXT', text: 'Is my order on its way?' },
      resourceId: MessageSid,
      channelId: null,
    });
    expect(communication?.occurredAt).toEqual(communication?.createdAt);
  });

  it('is told of in the order in which things came to be', async () => {
    await receive(messageForm({ From: customer }));
    const { id } = await onlyConversationOf(customer);
    const events = await listEvents(server, id);
    expect(events.map(({ type }) => type)).toEqual([
      'CONVERSATION_CREATED',
      'PARTICIPANT_ADDED',
      'PARTICIPANT_ADDED',
      'COMMUNICATION_CREATED',
    ]);
    expect(events[1]?.data['profileId']).toMatch(/^mem_profile_/);
  });

  it('joins the conversation of the same parties, whichever of them writes', async () => {
    await receive(messageForm({ From: customer, Body: 'one' }));
    await receive(messageForm({ From: agentNumber, To: customer, Body: 'two', Direction: 'outbound-api' }));
    await receive(messageForm({ From: customer, Body: 'three' }));
    const { id, participants } = await onlyConversationOf(customer);
    expect(participants).toHaveLength(2);
    expect((await saidIn(id)).map(({ content }) => content.text)).toEqual(['one', 'two', 'three']);
  });

  it('makes an INACTIVE conversation ACTIVE again and starts its timers anew', async () => {
    await receive(messageForm({ From: customer }));
    const { id } = await onlyConversationOf(customer);
    const status = async () => (await client.conversations.v2.conversations(id).fetch()).status;
    await server.advance(minutes(11));
    expect(await status()).toBe('INACTIVE');
    await receive(messageForm({ From: customer }));
    expect(await status()).toBe('ACTIVE');
    expect((await listEvents(server, id)).slice(-2).map(({ type }) => type)).toEqual([
      'CONVERSATION_UPDATED',
      'COMMUNICATION_CREATED',
    ]);
    await server.advance(minutes(59));
    expect(await status()).toBe('INACTIVE');
    await server.advance(minutes(1));
    expect(await status()).toBe('CLOSED');
  });

  it('starts another conversation once the last one is CLOSED', async () => {
    await receive(messageForm({ From: customer, Body: 'before' }));
    const first = await onlyConversationOf(customer);
    await server.advance(minutes(61));
    await receive(messageForm({ From: customer, Body: 'after' }));
    const [second, ...others] = await conversationsOf(customer);
    expect(others.map(({ id, status }) => [id, status])).toEqual([[first.id, 'CLOSED']]);
    expect((await saidIn(second?.id ?? '')).map(({ content }) => content.text)).toEqual(['after']);
    expect(second?.participants?.[0]?.profileId).toBe(first.participants[0]?.profileId);
  });

  it('is recorded once, however often it is delivered', async () => {
    const form = messageForm({ From: customer });
    for (const _time of [1, 2, 3]) await receive(form);
    const { id } = await onlyConversationOf(customer);
    expect(await saidIn(id)).toHaveLength(1);
    expect(await listEvents(server, id)).toHaveLength(4);
  });

  it('is recorded once also when its conversation was closed before it is delivered again', async () => {
    const form = messageForm({ From: customer });
    await receive(form);
    const { id } = await onlyConversationOf(customer);
    await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
    const before = await listEvents(server);
    await receive(form);
    expect((await onlyConversationOf(customer)).status).toBe('CLOSED');
    expect(await listEvents(server)).toEqual(before);
  });

  it('is recorded once also when it comes again into the next conversation of its parties', async () => {
    const form = messageForm({ From: customer });
    await receive(form);
    await server.advance(minutes(61));
    await receive(messageForm({ From: customer }));
    await receive(form);
    const conversations = await conversationsOf(customer);
    expect(conversations).toHaveLength(2);
    for (const { id } of conversations) expect(await saidIn(id ?? '')).toHaveLength(1);
  });

  it.each(['SmsMessageSid', 'SmsSid'])('may carry its SID as %s', async (name) => {
    const sid = uniqueSid('SM');
    const { MessageSid: _, ...form } = messageForm({ From: customer, [name]: sid });
    await receive(form);
    await receive(messageForm({ From: customer, MessageSid: sid }));
    const { id } = await onlyConversationOf(customer);
    expect((await saidIn(id)).map(({ resourceId }) => resourceId)).toEqual([sid]);
  });

  it('gives a new customer the name of its profile on the channel', async () => {
    await receive(messageForm({ From: customer, ProfileName: 'Dana' }));
    expect((await onlyConversationOf(customer)).participants.map(({ name }) => name)).toEqual([
      'Dana',
      agentNumber,
    ]);
  });

  it('keeps every character of its text', async () => {
    const Body = ' Żółć 🙂\r\n+1 & 2 = 3? 100%\t';
    await receive(messageForm({ From: customer, Body }));
    const { id } = await onlyConversationOf(customer);
    expect((await saidIn(id))[0]?.content.text).toBe(Body);
  });

  it('is captured by the last of as many rules as a channel can have, from an address as long as one can be', async () => {
    const owner = uniqueCustomer();
    const others = Array.from({ length: 99 }, (_, at) => ({
      from: '*',
      to: `55${String(at).padStart(3, '0')}`,
    }));
    const captureRules = [...others, { from: '*', to: owner }];
    await createConfiguration(client, { channelSettings: { SMS: { captureRules } } });
    const From = `sender-${'x'.repeat(247)}`;
    expect(From).toHaveLength(254);
    await receive(messageForm({ From, To: owner }));
    expect((await onlyConversationOf(owner)).participants[0]?.addresses?.[0]?.address).toBe(From);
  });

  it('is not captured on a channel that the configuration has no settings for', async () => {
    const owner = '+12025550199';
    await createConfiguration(client, {
      channelSettings: { VOICE: { captureRules: [{ from: '*', to: '*' }] } },
    });
    await receive(messageForm({ From: customer, To: owner }));
    expect(await conversationsOf(customer)).toEqual([]);
  });

  it('is not captured by a configuration that has been changed or deleted since', async () => {
    const owner = '+12025550198';
    const SMS = { captureRules: [{ from: '*', to: owner }] };
    const id = await createConfiguration(client, { channelSettings: { SMS } });
    const send = () => receive(messageForm({ From: customer, To: owner }));
    const countOf = async () => (await conversationsOf(owner)).length;
    await send();
    expect(await countOf()).toBe(1);
    const configuration = client.conversations.v2.configurations(id);
    await configuration.patch({ channelSettings: { SMS: { captureRules: [] } } });
    await server.advance(1);
    await send();
    expect(await saidIn((await onlyConversationOf(owner)).id)).toHaveLength(1);
    await configuration.patch({ channelSettings: { SMS } });
    await send();
    expect(await saidIn((await onlyConversationOf(owner)).id)).toHaveLength(2);
    await configuration.remove();
    await send();
    expect(await saidIn((await onlyConversationOf(owner)).id)).toHaveLength(2);
  });

  it('is captured by each configuration that has a rule for it, in a conversation of its own', async () => {
    const owner = '+12025550197';
    const SMS = { captureRules: [{ from: '*', to: owner }] };
    const first = await createConfiguration(client, { channelSettings: { SMS } });
    const second = await createConfiguration(client, {
      channelSettings: { SMS: { captureRules: [...SMS.captureRules, { from: '*', to: owner }] } },
    });
    const form = messageForm({ From: customer, To: owner });
    await receive(form);
    await receive(form);
    const conversations = await conversationsOf(customer);
    expect(conversations.map((conversation) => conversation.configurationId).sort()).toEqual(
      [first, second].sort(),
    );
    for (const { id } of conversations) expect(await saidIn(id ?? '')).toHaveLength(1);
  });
});

describe('a message on another channel', () => {
  it.each([
    ['WhatsApp', 'WHATSAPP', `whatsapp:${customerNumber}`, `whatsapp:${agentNumber}`],
    ['RCS', 'RCS', `rcs:${customerNumber}`, 'rcs:shop'],
  ])('is one on %s by the prefix of its addresses, which stays', async (_name, onChannel, From, To) => {
    await receive(messageForm({ From, To }));
    const { id, participants } = await onlyConversationOf(From);
    expect(participants.map(({ addresses }) => addresses)).toMatchObject([
      [{ channel: onChannel, address: From }],
      [{ channel: onChannel, address: To }],
    ]);
    expect((await saidIn(id))[0]?.author).toMatchObject({ address: From, channel: onChannel });
  });

  it('gets the prefix where only one of its addresses has it', async () => {
    await receive(messageForm({ From: customer, To: `whatsapp:${agentNumber}` }));
    const { participants } = await onlyConversationOf(`whatsapp:${customer}`);
    expect(participants.map(({ addresses }) => addresses?.[0]?.address)).toEqual([
      `whatsapp:${customer}`,
      `whatsapp:${agentNumber}`,
    ]);
  });

  it('is another conversation when conversations are grouped by channel too', async () => {
    await receive(messageForm({ From: customer }));
    await receive(messageForm({ From: `whatsapp:${customer}`, To: `whatsapp:${agentNumber}` }));
    expect(await conversationsOf(customer)).toHaveLength(1);
    expect(await conversationsOf(`whatsapp:${customer}`)).toHaveLength(1);
  });
});

describe('a copy of a sent message', () => {
  it.each<[string, Form, string | undefined]>([
    ['its direction', { Direction: 'outbound-api' }, undefined],
    ['its direction, as a reply', { Direction: 'outbound-reply', SmsStatus: 'queued' }, 'INITIATED'],
    ['its status', { SmsStatus: 'sent' }, 'IN_PROGRESS'],
    ['its status by another name', { MessageStatus: 'delivered' }, 'DELIVERED'],
  ])('is known by %s, and its author is ours', async (_how, changes, deliveryStatus) => {
    await receive(messageForm({ From: agentNumber, To: customer, ...changes }));
    const { id, participants } = await onlyConversationOf(customer);
    expect(participants.map(({ type }) => type)).toEqual(['AGENT', 'CUSTOMER']);
    const [communication] = await saidIn(id);
    expect(communication?.author).toMatchObject({ address: agentNumber });
    expect(communication?.recipients?.[0]?.deliveryStatus).toBe(deliveryStatus);
  });

  it('tells which side is ours also where a rule names both', async () => {
    const owner = '+12025550196';
    await createConfiguration(client, {
      channelSettings: { SMS: { captureRules: [{ from: owner, to: customer }] } },
    });
    await receive(messageForm({ From: owner, To: customer, Direction: 'outbound-api' }));
    const { participants } = await onlyConversationOf(customer);
    expect(participants.map(({ type }) => type)).toEqual(['AGENT', 'CUSTOMER']);
  });

  it('is not taken for one when it says that it was received', async () => {
    await receive(messageForm({ From: customer, SmsStatus: 'received' }));
    const { participants } = await onlyConversationOf(customer);
    expect(participants.map(({ type }) => type)).toEqual(['CUSTOMER', 'AGENT']);
  });
});

describe('a message without text', () => {
  const media = { Body: '', NumMedia: '2', MediaContentType0: 'image/jpeg', MediaContentType1: 'image/png' };

  it.each([
    ['with media', media],
    ['with nothing', { Body: '' }],
    ['with blanks', { Body: ' \n' }],
  ])('is not recorded %s', async (_what, changes) => {
    await receive(messageForm({ From: customer, ...changes }));
    expect(await conversationsOf(customer)).toEqual([]);
  });

  it('is recorded by its media where a setting says so', async () => {
    const other = await startServerWithSdk({ env: { RAPPORT_RECORD_MEDIA_PLACEHOLDERS: 'true' } });
    await createConfiguration(other.client, { channelSettings: { SMS: channel } });
    for (const form of [
      messageForm(media),
      messageForm({ Body: '', NumMedia: '1' }),
      messageForm({ ...media, Body: 'look' }),
      messageForm({ Body: '', NumMedia: '0' }),
    ])
      await postForm(other.server, webhook, form);
    const [conversation] = await other.client.conversations.v2.conversations.list();
    const said = await other.client.conversations.v2.communications(conversation?.id ?? '').list();
    await other.server.stop();
    expect(said.map(({ content }) => content.text).toReversed()).toEqual([
      '[image/jpeg] [image/png]',
      '[media]',
      'look',
    ]);
  });
});

describe('a message that is none', () => {
  it.each<[string, Form, string]>([
    ['without a SID', { MessageSid: [] }, 'MessageSid'],
    ['without a sender', { From: [] }, 'From'],
    ['with an empty sender', { From: '' }, 'From'],
    ['without a recipient', { To: [] }, 'To'],
    ['from two senders', { From: ['+12025550123', '+12025550124'] }, 'From'],
    ['from a sender that is too long', { From: 'x'.repeat(255) }, 'From'],
    ['with a SID that is too long', { MessageSid: 'x'.repeat(257) }, 'MessageSid'],
    ['with a character that no text here can hold', { Body: 'a\0b' }, 'U+0000'],
  ])('is refused %s', async (_what, changes, said) => {
    const reply = await postForm(server, webhook, messageForm(changes));
    expect(reply.status).toBe(400);
    expect((reply.body as { message: string }).message).toContain(said);
  });

  it('is refused as JSON', async () => {
    const reply = await server.request('POST', webhook, { MessageSid: 'SM1' });
    expect(reply.status).toBe(415);
    expect((reply.body as { message: string }).message).toContain('application/x-www-form-urlencoded');
  });

  it('is refused without a body', async () => {
    expect((await server.request('POST', webhook)).status).toBe(400);
  });

  it('is refused with more parameters than anybody sends', async () => {
    const form = Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`p${at}`, '']));
    expect((await postForm(server, webhook, form)).status).toBe(400);
  });
});
