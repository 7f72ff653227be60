import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestServer, testAccount } from '../../src/testing/index.ts';
import { type CallbackReceiver, isGenuine, startCallbackReceiver } from '../support/callback-receiver.ts';
import { captureLog } from '../support/captured-log.ts';
import { createConfiguration, createConversation, statusOf } from '../support/conversations.ts';
import {
  type MessagingProvider,
  type ProviderTurn,
  startMessagingProvider,
} from '../support/messaging-provider.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { type Form, ingest, postForm } from '../support/webhooks.ts';

/** How messages fare with a sender on the network, from the action to its end. */
const text = 'The code of the garden gate is 4711';
const party = (address: string) => ({ address, channel: 'SMS' });
const [ours, theirs, another] = ['+12025550100', '+12025550123', '+12025550124'] as const;
const captured = captureLog();

interface ActionBody {
  readonly id: string;
  readonly status: string;
  readonly related?: { readonly messageSid?: string; readonly communicationId?: string };
  readonly failureReason: string | null;
}

interface Recorded {
  readonly id: string;
  readonly resourceId: string;
  readonly content: { readonly text: string };
  readonly recipients: { readonly address: string; readonly deliveryStatus?: string }[];
}

let server: TestServer;
let client: SdkClient;
let conversationId: string;

async function start(env: Record<string, string>): Promise<void> {
  ({ server, client } = await startServerWithSdk({ env, log: captured.log }));
}

async function newConversation(): Promise<void> {
  const configurationId = await createConfiguration(client);
  conversationId = (await createConversation(client, configurationId)).id;
}

const path = () => `/v2/Conversations/${conversationId}`;

/** Posts an action and answers its id. */
async function post(content: object = { text }, to: readonly string[] = [theirs]): Promise<string> {
  const payload = { from: party(ours), to: to.map(party), content };
  const reply = await server.request('POST', `${path()}/Actions`, { type: 'SEND_MESSAGE', payload });
  expect(reply.status).toBe(202);
  return (reply.body as ActionBody).id;
}

async function fetchAction(id: string): Promise<ActionBody> {
  return (await server.request('GET', `${path()}/Actions/${id}`)).body as ActionBody;
}

async function recorded(): Promise<Recorded[]> {
  const { body } = await server.request('GET', `${path()}/Communications`);
  return (body as { communications: Recorded[] }).communications.toReversed();
}

/** Tables with something of a deleted conversation, its operation aside. */
async function leftOf(id: string): Promise<string[]> {
  const { reader } = server.context.db;
  const tables = await reader.introspection.getTables();
  const names = tables.map(({ name }) => name).filter((name) => name !== 'operations');
  const found = names.map(async (name) => {
    // Every table has an account; the cast only names one of them.
    const rows = await reader
      .selectFrom(name as 'actions')
      .selectAll()
      .execute();
    return JSON.stringify(rows).includes(id) ? [name] : [];
  });
  return (await Promise.all(found)).flat();
}

describe('with a provider that does not know repeats', () => {
  let provider: MessagingProvider;
  beforeAll(async () => {
    provider = await startMessagingProvider();
    await start({
      RAPPORT_SENDER: 'twilio',
      RAPPORT_TWILIO_ACCOUNT_SID: testAccount.sid,
      RAPPORT_TWILIO_AUTH_TOKEN: 'provider-token-0123456789',
      RAPPORT_TWILIO_BASE_URL: provider.url,
      RAPPORT_PUBLIC_URL: 'https://rapport.example.com',
    });
    // The provider lives at the same time as the server, whose clock the tests move.
    provider.now = () => server.context.clock.now();
  });
  afterAll(async () => {
    await server.stop();
    await provider.stop();
  });
  beforeEach(async () => {
    provider.requests.length = 0;
    provider.messages.length = 0;
    provider.showsMessages = true;
    await newConversation();
  });

  /** How often the provider was asked to send, and how many messages came of it. */
  const counts = () => [provider.requests.length, provider.messages.length];

  it('a message is sent, and recorded under its SID', async () => {
    const id = await post();
    await server.idle();
    const action = await fetchAction(id);
    const [communication] = await recorded();
    expect(action).toMatchObject({
      status: 'COMPLETED',
      related: { messageSid: provider.messages[0]?.['sid'], communicationId: communication?.id },
    });
    expect(communication).toMatchObject({
      resourceId: provider.messages[0]?.['sid'],
      content: { text },
      recipients: [{ address: theirs, deliveryStatus: 'INITIATED' }],
    });
    expect(provider.requests[0]?.parameters).toMatchObject({
      From: ours,
      To: theirs,
      Body: text,
      StatusCallback: 'https://rapport.example.com/rapport/v1/ingest/statuses',
    });
  });

  it('a message that is refused fails the action, and nothing is recorded', async () => {
    provider.turns.push({ status: 400, code: 21211, message: 'Invalid To' });
    const id = await post();
    await server.idle();
    expect(await fetchAction(id)).toMatchObject({ status: 'FAILED', failureReason: '21211: Invalid To' });
    expect(await fetchAction(id)).not.toHaveProperty('related');
    expect(await recorded()).toEqual([]);
    expect(counts()).toEqual([1, 0]);
  });

  it.each<ProviderTurn>([
    { status: 429 },
    { status: 503 },
  ])('a message that is put off by %j is sent later', async (turn) => {
    provider.turns.push(turn, turn);
    const id = await post();
    await server.idle();
    expect(await fetchAction(id)).toMatchObject({ status: 'PENDING' });
    await server.advance(1);
    expect(counts()).toEqual([2, 0]);
    await server.advance(5);
    expect(await fetchAction(id)).toMatchObject({ status: 'COMPLETED' });
    expect(counts()).toEqual([3, 1]);
  });

  it('a message that is put off again and again has failed after five attempts', async () => {
    provider.turns.push(...Array(5).fill({ status: 429, code: 20429, message: 'Too many requests' }));
    const id = await post();
    await server.advance(1 + 5 + 30 + 119);
    expect(await fetchAction(id)).toMatchObject({ status: 'PENDING' });
    await server.advance(1);
    expect(await fetchAction(id)).toMatchObject({
      status: 'FAILED',
      failureReason: '20429: Too many requests',
    });
    expect(counts()).toEqual([5, 0]);
  });

  it('a message behind one that is put off waits for its turn; other conversations do not', async () => {
    provider.turns.push({ status: 429 });
    await post({ text: 'first' });
    await post({ text: 'second' });
    await server.idle();
    const held = conversationId;
    await newConversation();
    await post({ text: 'elsewhere' });
    await server.idle();
    expect(provider.messages.map(({ body }) => body)).toEqual(['elsewhere']);
    await server.advance(1);
    expect(provider.messages.map(({ body }) => body)).toEqual(['elsewhere', 'first', 'second']);
    conversationId = held;
    expect((await recorded()).map(({ content }) => content.text)).toEqual(['first', 'second']);
  });

  it.each<ProviderTurn>([
    'send and reset',
    'garbage',
    'reset',
    { status: 500 },
  ])('a message whose attempt ended in %j is never sent twice', async (turn) => {
    provider.turns.push(turn);
    const id = await post();
    await server.idle();
    expect(await fetchAction(id)).toMatchObject({ status: 'PENDING' });
    await server.advance(600);
    expect(provider.requests).toHaveLength(1);
    const [made] = provider.messages;
    if (made) {
      expect(await fetchAction(id)).toMatchObject({
        status: 'COMPLETED',
        related: { messageSid: made['sid'] },
      });
      expect(await recorded()).toMatchObject([{ resourceId: made['sid'] }]);
    } else {
      expect(await fetchAction(id)).toMatchObject({
        status: 'FAILED',
        failureReason: expect.stringMatching(/; it may have been sent$/),
      });
      expect(await recorded()).toEqual([]);
    }
  });

  it('a message that is looked for is not mistaken for another that says the same', async () => {
    await post();
    await server.idle();
    provider.turns.push('reset');
    const id = await post();
    await server.advance(600);
    expect(await fetchAction(id)).toMatchObject({ status: 'FAILED' });
    expect(await recorded()).toHaveLength(1);
  });

  it('a message to several is recorded once, with those who do not get it', async () => {
    provider.turns.push('send', { status: 400, code: 21610, message: 'Unsubscribed' }, 'send');
    const id = await post({ text }, [theirs, another, '+12025550125']);
    await server.idle();
    expect(await fetchAction(id)).toMatchObject({
      status: 'COMPLETED',
      failureReason: null,
      related: { messageSid: provider.messages[0]?.['sid'] },
    });
    const [communication, ...others] = await recorded();
    expect(others).toEqual([]);
    expect(communication?.recipients.map(({ address, deliveryStatus }) => [address, deliveryStatus])).toEqual(
      [
        [theirs, 'INITIATED'],
        [another, 'FAILED'],
        ['+12025550125', 'INITIATED'],
      ],
    );
  });

  it('a message that reaches none of several fails, and says for whom', async () => {
    provider.turns.push({ status: 400, code: 21610, message: 'Unsubscribed' }, { status: 400, code: 21211 });
    const id = await post({ text }, [theirs, another]);
    await server.idle();
    expect(await fetchAction(id)).toMatchObject({
      status: 'FAILED',
      failureReason: 'payload.to.0: 21610: Unsubscribed; payload.to.1: 21211: refused',
    });
    expect(await recorded()).toEqual([]);
  });

  it('a message is sent and recorded also when its conversation was closed meanwhile, which it stays', async () => {
    provider.turns.push({ status: 429 });
    const id = await post();
    await server.idle();
    await client.conversations.v2.conversations(conversationId).update({ status: 'CLOSED' });
    await server.advance(1);
    expect(await fetchAction(id)).toMatchObject({ status: 'COMPLETED' });
    expect(await recorded()).toMatchObject([{ content: { text } }]);
    expect(await statusOf(client, conversationId)).toBe('CLOSED');
  });

  it('a message that was not begun is not sent once its conversation is deleted', async () => {
    provider.turns.push({ status: 429 });
    await post();
    await post({ text: 'second' });
    await server.idle();
    await client.conversations.v2.conversations(conversationId).remove();
    await server.advance(600);
    expect(counts()).toEqual([1, 0]);
    expect(await leftOf(conversationId)).toEqual([]);
  });

  it('a message that is under way when its conversation is deleted leaves nothing behind', async () => {
    provider.turns.push('send and hang');
    await post();
    await provider.received(1);
    await client.conversations.v2.conversations(conversationId).remove();
    provider.release();
    await server.idle();
    expect(await leftOf(conversationId)).toEqual([]);
  });
});

describe('what the provider tells of its own accord', () => {
  let provider: MessagingProvider;
  beforeAll(async () => {
    provider = await startMessagingProvider();
    await start({
      RAPPORT_SENDER: 'twilio',
      RAPPORT_TWILIO_ACCOUNT_SID: testAccount.sid,
      RAPPORT_TWILIO_AUTH_TOKEN: testAccount.authToken,
      RAPPORT_TWILIO_BASE_URL: provider.url,
    });
  });
  afterAll(async () => {
    await server.stop();
    await provider.stop();
  });
  beforeEach(async () => {
    provider.messages.length = 0;
    provider.requests.length = 0;
    // Everything that the agent's number sends is captured.
    const channelSettings = { SMS: { captureRules: [{ from: ours, to: '*' }] } };
    const configurationId = await createConfiguration(client, { channelSettings });
    conversationId = (await createConversation(client, configurationId)).id;
  });

  const sidOf = (at: number) => provider.messages[at]?.['sid'] ?? '';

  /** Posts a form as the provider does when it tells of one of its messages. */
  async function tell(resource: 'messages' | 'statuses', at: number, form: Form): Promise<void> {
    const reply = await postForm(server, `${ingest}/${resource}`, { MessageSid: sidOf(at), ...form });
    expect(reply.status).toBe(200);
  }

  /** The copy of a message that the provider posts of what is sent over it. */
  const copyOf = (at: number, to: string) =>
    tell('messages', at, { From: ours, To: to, Body: text, Direction: 'outbound-api', SmsStatus: 'sent' });

  it('copies of what an action has sent are not recorded again, for none of its recipients', async () => {
    const id = await post({ text }, [theirs, another]);
    await server.idle();
    await copyOf(0, theirs);
    await copyOf(1, another);
    await server.idle();
    expect(await recorded()).toHaveLength(1);
    expect(await fetchAction(id)).toMatchObject({ status: 'COMPLETED' });
    const conversations = await client.conversations.v2.conversations.list();
    const talking = conversations.filter(
      ({ configurationId }) => configurationId === conversations[0]?.configurationId,
    );
    expect(talking.map((conversation) => conversation.id)).toEqual([conversationId]);
  });

  it('a copy that comes before the answer is the record of the action', async () => {
    provider.turns.push('send and hang');
    const id = await post();
    await provider.received(1);
    await copyOf(0, theirs);
    const [copy] = await recorded();
    provider.release();
    await server.idle();
    expect(await recorded()).toMatchObject([
      {
        id: copy?.id,
        resourceId: sidOf(0),
        recipients: [{ address: theirs, deliveryStatus: 'IN_PROGRESS' }],
      },
    ]);
    expect(await fetchAction(id)).toMatchObject({
      status: 'COMPLETED',
      related: { messageSid: sidOf(0), communicationId: copy?.id },
    });
  });

  it('a receipt is for its own recipient', async () => {
    await post({ text }, [theirs, another]);
    await server.idle();
    await tell('statuses', 1, { MessageStatus: 'delivered' });
    await tell('statuses', 0, { MessageStatus: 'undelivered' });
    await server.idle();
    expect((await recorded())[0]?.recipients.map(({ deliveryStatus }) => deliveryStatus)).toEqual([
      'FAILED',
      'DELIVERED',
    ]);
  });

  it('a receipt that comes before all are sent is not lost', async () => {
    provider.turns.push('send', 'send and hang');
    await post({ text }, [theirs, another]);
    await provider.received(2);
    await tell('statuses', 0, { MessageStatus: 'delivered' });
    expect(await recorded()).toEqual([]);
    provider.release();
    await server.idle();
    expect((await recorded())[0]?.recipients.map(({ deliveryStatus }) => deliveryStatus)).toEqual([
      'DELIVERED',
      'INITIATED',
    ]);
  });
});

describe('with a receiver of the operator’s own', () => {
  let receiver: CallbackReceiver;
  beforeAll(async () => {
    receiver = await startCallbackReceiver();
    await start({ RAPPORT_SENDER: 'webhook', RAPPORT_SENDER_URL: receiver.url('/send') });
  });
  afterAll(async () => {
    await server.stop();
    await receiver.stop();
  });
  beforeEach(newConversation);
  afterEach(() => receiver.answer(() => 200));

  it('a message is posted, signed with the token of the account, and known by its own id', async () => {
    const id = await post();
    await server.idle();
    const posted = receiver.received.at(-1);
    expect(posted && isGenuine(posted, testAccount.authToken)).toBe(true);
    expect(JSON.parse(posted?.body ?? '')).toMatchObject({
      id: `${id}-0`,
      accountId: testAccount.sid,
      conversationId,
      from: ours,
      to: [theirs],
      content: { text },
    });
    expect(await fetchAction(id)).toMatchObject({ status: 'COMPLETED', related: { messageSid: `${id}-0` } });
  });

  it('a message whose attempt nobody saw the end of comes again under the same token', async () => {
    let count = 0;
    receiver.answer(() => {
      count += 1;
      return count === 1 ? (response) => void response.destroy() : count === 2 ? 500 : 200;
    });
    const id = await post();
    await server.advance(1 + 5);
    expect(await fetchAction(id)).toMatchObject({ status: 'COMPLETED' });
    expect(receiver.received.slice(-3).map(({ token }) => token)).toEqual(Array(3).fill(`${id}-0`));
    expect(await recorded()).toHaveLength(1);
  });

  it('a message has failed after five attempts, and may have been sent', async () => {
    receiver.answer(() => 500);
    const before = receiver.received.length;
    const id = await post();
    await server.advance(600);
    expect(receiver.received.length - before).toBe(5);
    expect(await fetchAction(id)).toMatchObject({
      status: 'FAILED',
      failureReason: 'HTTP 500; it may have been sent',
    });
  });
});

it('attempts that failed are in the log, and nothing that was sent', () => {
  expect(captured.text()).toContain('"outcome":"refused","code":"21610","msg":"message not sent"');
  expect(captured.text()).not.toContain('Unsubscribed');
  expect(captured.text()).not.toContain('garden gate');
  expect(captured.text()).not.toContain('provider-token');
});
