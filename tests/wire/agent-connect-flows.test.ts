import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestServer, testAccount } from '../../src/testing/index.ts';
import { type AgentConnect, readAs, startServerWithAgentConnect } from '../support/agent-connect.ts';
import {
  type CallbackReceiver,
  type ReceivedCallback,
  startCallbackReceiver,
} from '../support/callback-receiver.ts';
import {
  encodeForm,
  type Form,
  fragmentForm,
  ingest,
  messageForm,
  signForm,
  uniqueSid,
} from '../support/webhooks.ts';

const agentPhone = '+12025550100';
const customerPhone = '+12025550123';

let server: TestServer;
let python: AgentConnect;
let typescript: AgentConnect;
let receiver: CallbackReceiver;
let store: string;
let configurationId: string;
let count = 0;

beforeAll(async () => {
  ({ server, Python: python, TypeScript: typescript } = await startServerWithAgentConnect());
});
afterAll(() => server.stop());
beforeEach(async () => {
  count += 1;
  receiver = await startCallbackReceiver();
  store = await createStore(`flow-${count}`);
  configurationId = await createConfiguration(`flow-${count}`);
  return async () => {
    await python.send('DELETE', `/v2/ControlPlane/Configurations/${configurationId}`);
    await receiver.stop();
  };
});

interface Accepted {
  readonly statusUrl: string;
  readonly related: { readonly configurationId: string };
}

async function createStore(displayName: string): Promise<string> {
  const { body } = await server.request('POST', '/v1/ControlPlane/Stores', { displayName });
  const operation = await server.request('GET', new URL((body as Accepted).statusUrl).pathname);
  return (operation.body as { result: { id: string } }).result.id;
}

/** As the setup wizard writes it, with the callback of the agent. */
async function createConfiguration(displayName: string): Promise<string> {
  const bothWays = [
    { from: agentPhone, to: '*' },
    { from: '*', to: agentPhone },
  ];
  const body = await typescript.send('POST', '/v2/ControlPlane/Configurations', {
    displayName,
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: store,
    memoryExtractionEnabled: true,
    channelSettings: {
      SMS: { captureRules: bothWays, statusTimeouts: { inactive: 1, closed: 2 } },
      VOICE: { captureRules: bothWays, statusTimeouts: { inactive: 1, closed: 2 } },
    },
    statusCallbacks: [{ url: receiver.url() }],
  });
  return (body as Accepted).related.configurationId;
}

/** What the provider posts, signed with the account's token. */
async function provider(path: string, form: Form): Promise<void> {
  const signed = { AccountSid: testAccount.sid, ...form };
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...signForm(testAccount.authToken, server.url + path, signed),
    },
    body: encodeForm(signed),
  });
  expect([answer.status, await answer.text()]).toEqual([200, '<Response/>']);
}

async function callbacks(): Promise<readonly ReceivedCallback[]> {
  await server.idle();
  return [...receiver.received];
}

interface Communication {
  readonly id: string;
  readonly conversationId: string;
  readonly channelId?: string | null;
  readonly author: { readonly address: string; readonly participantId: string };
  readonly content: { readonly text: string };
}
interface Participant {
  readonly id: string;
  readonly type: string;
  readonly profileId?: string;
  readonly addresses: readonly { readonly channel: string; readonly address: string }[];
}

async function participantsOf(client: AgentConnect, conversationId: string): Promise<Participant[]> {
  const body = await client.send('GET', `/v2/Conversations/${conversationId}/Participants`);
  return readAs<{ participants: Participant[] }>('participants', body).participants;
}

async function memoryOf(profileId: string) {
  const body = await python.send('POST', `/v1/Stores/${store}/Profiles/${profileId}/Recall`, {
    query: 'address for the delivery',
  });
  return readAs<{ observations: { content: string }[]; summaries: unknown[] }>('recall', body);
}

describe('an agent that answers text messages', () => {
  it('reads, is called, needs no reconciliation, recalls, answers, closes, and remembers the next time', async () => {
    // Start-up.
    const configuration = await python.send('GET', `/v2/ControlPlane/Configurations/${configurationId}`);
    expect(readAs<{ memoryStoreId: string }>('configuration', configuration).memoryStoreId).toBe(store);

    // The customer writes; the agent hears of it.
    const text = 'Hello, please send order 4711 to 12 Garden Street in Springfield.';
    await provider(`${ingest}/messages`, messageForm({ From: customerPhone, To: agentPhone, Body: text }));
    const first = await callbacks();
    expect(first.map(({ eventType }) => eventType)).toEqual([
      'CONVERSATION_CREATED',
      'PARTICIPANT_ADDED',
      'PARTICIPANT_ADDED',
      'COMMUNICATION_CREATED',
    ]);
    const message = readAs<Communication>('communication', first[3]?.data);
    expect(message).toMatchObject({ author: { address: customerPhone }, content: { text } });

    // Both sides are typed so that the client has nothing to write (conversations-clients section 5).
    const { conversationId } = message;
    const participants = await participantsOf(python, conversationId);
    const agent = participants.find(({ addresses }) => addresses[0]?.address === agentPhone);
    const customer = participants.find(({ addresses }) => addresses[0]?.address === customerPhone);
    expect([agent?.type, customer?.type]).toEqual(['AGENT', 'CUSTOMER']);
    expect(customer?.profileId).toMatch(/^mem_profile_/);
    expect((await memoryOf(customer?.profileId ?? '')).observations).toEqual([]);

    // The answer goes out once and comes back as a communication of the agent's own.
    const action = await python.send('POST', `/v2/Conversations/${conversationId}/Actions`, {
      type: 'SEND_MESSAGE',
      payload: {
        from: { address: agentPhone, channel: 'SMS' },
        to: [{ participantId: customer?.id, channel: 'SMS' }],
        content: { text: 'It goes out tomorrow.' },
      },
    });
    expect(action).toMatchObject({ type: 'SEND_MESSAGE', status: 'PENDING', conversationId });
    const answered = (await callbacks()).slice(first.length);
    expect(answered.map(({ eventType }) => eventType)).toEqual(['COMMUNICATION_CREATED']);
    expect(answered[0]?.data).toMatchObject({
      author: { address: agentPhone, participantId: agent?.id },
      content: { text: 'It goes out tomorrow.' },
    });
    const outbox = (await server.request('GET', '/rapport/v1/outbox')).body as { messages: object[] };
    expect(outbox.messages[0]).toMatchObject({ conversationId, to: [customerPhone] });

    // The agent ends it, and what was said is remembered.
    await python.send('PUT', `/v2/Conversations/${conversationId}`, { status: 'CLOSED' });
    const closed = (await callbacks()).at(-1);
    expect(closed).toMatchObject({
      eventType: 'CONVERSATION_UPDATED',
      data: { status: 'CLOSED', configurationId },
    });
    const memory = await memoryOf(customer?.profileId ?? '');
    expect(memory.observations.map(({ content }) => content).join(' ')).toContain('12 Garden Street');
    expect(memory.summaries).toHaveLength(1);

    // The same customer again: another conversation, the same profile.
    await provider(
      `${ingest}/messages`,
      messageForm({ From: customerPhone, To: agentPhone, Body: 'Me again.' }),
    );
    const again = readAs<Communication>('communication', (await callbacks()).at(-1)?.data);
    expect(again.conversationId).not.toBe(conversationId);
    const returned = await participantsOf(python, again.conversationId);
    expect(returned.map(({ profileId }) => profileId)).toContain(customer?.profileId);
  });

  it('hears nothing more after it handed the conversation over', async () => {
    await provider(`${ingest}/messages`, messageForm({ From: customerPhone, To: agentPhone }));
    const before = await callbacks();
    const { conversationId } = readAs<Communication>('communication', before.at(-1)?.data);
    await python.send('PATCH', `/v2/Conversations/${conversationId}`, {
      configuration: { statusCallbacks: [] },
    });
    await provider(`${ingest}/messages`, messageForm({ From: customerPhone, To: agentPhone }));
    expect(await callbacks()).toHaveLength(before.length);
  });
});

describe('an agent that answers calls', () => {
  it('finds the conversation by the call, hears each fragment, closes it after the call, and remembers', async () => {
    const callSid = uniqueSid('CA');
    const path = `${ingest}/transcriptions?From=${encodeURIComponent(customerPhone)}&To=${encodeURIComponent(agentPhone)}`;
    await provider(path, {
      TranscriptionEvent: 'transcription-started',
      CallSid: callSid,
      TranscriptionSid: `GT${callSid.slice(2)}`,
    });

    // As soon as the call is known it can be found by its SID.
    const listed = await python.send('GET', `/v2/Conversations?channelId=${callSid}&status=ACTIVE`);
    const [conversation] = readAs<{ conversations: { id: string }[] }>('conversations', listed).conversations;
    const conversationId = conversation?.id ?? '';

    const text = 'I moved house, my new address is 5 Harbour Road in Shelbyville.';
    await provider(path, fragmentForm(callSid, text));
    await provider(path, fragmentForm(callSid, 'Thank you, I changed it.', { Track: 'outbound_track' }));
    const spoken = (await callbacks())
      .filter(({ eventType }) => eventType === 'COMMUNICATION_CREATED')
      .map(({ data }) => readAs<Communication>('communication', data));
    expect(spoken.map(({ author, channelId }) => [author.address, channelId])).toEqual([
      [customerPhone, callSid],
      [agentPhone, callSid],
    ]);
    expect(new Set(spoken.map((communication) => communication.conversationId))).toEqual(
      new Set([conversationId]),
    );
    const customer = (await participantsOf(typescript, conversationId)).find(
      ({ type }) => type === 'CUSTOMER',
    );

    // When the call is over, every conversation of it is closed.
    const hits = await typescript.send(
      'GET',
      `/v2/Conversations?channelId=${callSid}&status=ACTIVE,INACTIVE`,
    );
    for (const { id } of readAs<{ conversations: { id: string }[] }>('conversations', hits).conversations) {
      await typescript.send('PUT', `/v2/Conversations/${id}`, { status: 'CLOSED' });
    }
    await server.idle();
    const memory = await memoryOf(customer?.profileId ?? '');
    expect(memory.observations.map(({ content }) => content).join(' ')).toContain('5 Harbour Road');
    expect(memory.summaries).toHaveLength(1);
  });
});
