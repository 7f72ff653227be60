import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { agentNumber, createConfiguration, say } from '../support/conversations.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { createOtherAccount } from '../support/second-account.ts';
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

const webhook = `${ingest}/statuses`;
const SMS = { statusTimeouts: { closed: 60 }, captureRules: [{ from: agentNumber, to: '*' }] };

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  for (const _twice of [1, 2]) await createConfiguration(client, { channelSettings: { SMS } });
});
afterAll(() => server.stop());

let customer: string;
let MessageSid: string;
beforeEach(() => {
  customer = uniqueCustomer();
  MessageSid = uniqueSid('SM');
});

async function receive(path: string, form: Form, headers?: Record<string, string>): Promise<void> {
  const reply = await postForm(server, path, form, headers);
  expect(reply.status, JSON.stringify(reply.body)).toBe(200);
  expect(reply.body).toBe('<Response/>');
}

const send = () =>
  receive(
    `${ingest}/messages`,
    messageForm({ MessageSid, From: agentNumber, To: customer, Direction: 'outbound-api' }),
  );
const report = (MessageStatus: string, headers?: Record<string, string>) =>
  receive(webhook, { MessageSid, MessageStatus, From: agentNumber, To: customer }, headers);

/** The communications with the message's SID, one for each configuration, as their owner sees them. */
async function recorded() {
  const all = await client.conversations.v2.conversations.list({ pageSize: 1000 });
  const own = all.filter(({ participants = [] }) =>
    participants.some(({ addresses = [] }) => addresses[0]?.address === customer),
  );
  const said = await Promise.all(
    own.map(({ id }) => client.conversations.v2.communications(id ?? '').list()),
  );
  return said.flat();
}

const statuses = async () =>
  (await recorded()).flatMap(({ recipients }) => recipients.map(({ deliveryStatus }) => deliveryStatus));

async function updates() {
  const events = await listEvents(server);
  return events.filter(
    ({ type, data }) => type === 'COMMUNICATION_UPDATED' && data['resourceId'] === MessageSid,
  );
}

describe('a delivery receipt', () => {
  it.each([
    ['accepted', 'INITIATED'],
    ['queued', 'INITIATED'],
    ['scheduled', 'INITIATED'],
    ['sending', 'IN_PROGRESS'],
    ['sent', 'IN_PROGRESS'],
    ['delivered', 'DELIVERED'],
    ['read', 'READ'],
    ['failed', 'FAILED'],
    ['undelivered', 'FAILED'],
    ['canceled', 'FAILED'],
  ])('with %s makes the recipient %s in every configuration', async (word, status) => {
    await send();
    await report(word);
    expect(await statuses()).toEqual([status, status]);
    const told = await updates();
    expect(told.map(({ data }) => data['recipients'])).toMatchObject([
      [{ address: customer, deliveryStatus: status }],
      [{ address: customer, deliveryStatus: status }],
    ]);
  });

  it.each([
    [['queued', 'sent', 'delivered', 'read'], 'READ', 8],
    [['delivered', 'sent', 'queued'], 'DELIVERED', 2],
    [['sent', 'failed', 'sent'], 'FAILED', 4],
    [['undelivered', 'delivered'], 'DELIVERED', 4],
    [['read', 'failed', 'delivered'], 'READ', 2],
    [['delivered', 'delivered'], 'DELIVERED', 2],
  ])('after %j leaves what is known', async (words, status, told) => {
    await send();
    for (const word of words) await report(word);
    expect(await statuses()).toEqual([status, status]);
    expect(await updates()).toHaveLength(told);
  });

  it('changes nothing but the delivery, and the time of the change', async () => {
    await send();
    const before = await recorded();
    await server.advance(1);
    await report('delivered');
    const after = await recorded();
    for (const [at, communication] of after.entries()) {
      expect(communication).toMatchObject({
        ...before[at],
        recipients: expect.anything(),
        updatedAt: expect.anything(),
      });
      expect(communication.updatedAt?.getTime()).toBe((before[at]?.updatedAt?.getTime() ?? 0) + 1000);
    }
  });

  it('counts in a CLOSED conversation too, and leaves it CLOSED', async () => {
    await send();
    await server.advance(61 * 60);
    await report('delivered');
    expect(await statuses()).toEqual(['DELIVERED', 'DELIVERED']);
    const [{ conversationId = '' } = {}] = await recorded();
    expect((await client.conversations.v2.conversations(conversationId).fetch()).status).toBe('CLOSED');
  });

  it('counts for a communication that the API recorded, and a repeat of it keeps what is known', async () => {
    const configurationId = await createConfiguration(client, {});
    const { id = '' } = await client.conversations.v2.conversations.create({ configurationId });
    const record = () => say(client, id, { from: agentNumber, to: customer, resourceId: MessageSid });
    await record();
    await report('delivered');
    await record();
    expect(await statuses()).toEqual(['DELIVERED']);
    expect(await updates()).toHaveLength(1);
  });

  it('that overtakes its message is taken in when the message is there', async () => {
    await report('delivered');
    await send();
    expect(await statuses()).toEqual([undefined, undefined]);
    await server.advance(15);
    expect(await statuses()).toEqual(['DELIVERED', 'DELIVERED']);
  });

  it('of a message that never comes is forgotten', async () => {
    await report('delivered');
    await report('delivered');
    const jobs = () => server.context.db.reader.selectFrom('jobs').select('name').execute();
    const waiting = (await jobs()).filter(({ name }) => name === 'receipt.look-again');
    expect(waiting).toHaveLength(1);
    await server.advance(15);
    expect((await jobs()).map(({ name }) => name)).not.toContain('receipt.look-again');
    await send();
    expect(await statuses()).toEqual([undefined, undefined]);
  });

  it('means nothing to another account', async () => {
    await send();
    const { authorization } = await createOtherAccount(server);
    await report('delivered', { Authorization: authorization });
    await server.advance(15);
    expect(await statuses()).toEqual([undefined, undefined]);
  });

  it('may carry its SID and status by their old names', async () => {
    await send();
    await receive(webhook, { SmsSid: MessageSid, SmsStatus: 'delivered' });
    expect(await statuses()).toEqual(['DELIVERED', 'DELIVERED']);
  });

  it.each(['received', 'receiving', 'something-new'])('with %s says nothing', async (word) => {
    await send();
    await report(word);
    expect(await statuses()).toEqual([undefined, undefined]);
  });

  it.each<[string, Form, string]>([
    ['without a SID', { MessageStatus: 'sent' }, 'MessageSid'],
    ['without a status', { MessageSid: 'SM1' }, 'MessageStatus'],
  ])('is refused %s', async (_what, form, said) => {
    const reply = await postForm(server, webhook, form);
    expect(reply.status).toBe(400);
    expect((reply.body as { message: string }).message).toContain(said);
  });
});

describe('a delivery receipt of a message to several recipients', () => {
  it('counts for the recipient whose message it is', async () => {
    const configurationId = await createConfiguration(client, {});
    const { id = '' } = await client.conversations.v2.conversations.create({ configurationId });
    const recipients = [customer, uniqueCustomer()];
    const action = await client.conversations.v2.actions(id).create({
      type: 'SEND_MESSAGE',
      payload: {
        from: { address: agentNumber, channel: 'SMS' },
        to: recipients.map((address) => ({ address, channel: 'SMS' })),
        content: { text: 'hello' },
      },
    });
    await server.idle();
    const sent = await server.context.db.reader
      .selectFrom('action_messages')
      .select(['recipient', 'message_sid'])
      .where('action_id', '=', action.id ?? '')
      .orderBy('recipient')
      .execute();
    expect(sent).toHaveLength(2);
    MessageSid = sent[1]?.message_sid ?? '';
    await report('delivered');
    const [communication] = await client.conversations.v2.communications(id).list();
    expect(communication?.recipients.map(({ deliveryStatus }) => deliveryStatus)).toEqual([
      'INITIATED',
      'DELIVERED',
    ]);
  });
});
