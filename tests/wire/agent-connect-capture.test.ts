import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { type AgentConnect, readAs, startServerWithAgentConnect } from '../support/agent-connect.ts';
import { type CallbackReceiver, startCallbackReceiver } from '../support/callback-receiver.ts';
import {
  fragmentForm,
  ingest,
  messageForm,
  postForm,
  uniqueCustomer,
  uniqueSid,
} from '../support/webhooks.ts';

/** From a number's webhook to an Agent Connect client's answer, as conversations-clients section 5 has it. */
let server: TestServer;
let python: AgentConnect;
let typescript: AgentConnect;
let receiver: CallbackReceiver;

const agentPhone = '+12025550100';
const rules = [
  { from: agentPhone, to: '*' },
  { from: '*', to: agentPhone },
];
const channel = { captureRules: rules, statusTimeouts: { inactive: 1, closed: 2 } };

beforeAll(async () => {
  ({ server, Python: python, TypeScript: typescript } = await startServerWithAgentConnect());
  receiver = await startCallbackReceiver();
  const { body } = await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'agent' });
  const { pathname } = new URL((body as { statusUrl: string }).statusUrl);
  const operation = (await server.request('GET', pathname)).body as { result: { id: string } };
  await typescript.send('POST', '/v2/ControlPlane/Configurations', {
    displayName: 'agent',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: operation.result.id,
    channelSettings: { SMS: channel, RCS: channel, VOICE: channel, WHATSAPP: channel },
    statusCallbacks: [{ url: receiver.url('/webhook'), method: 'POST' }],
  });
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

interface Participant {
  readonly id: string;
  readonly type?: string;
  readonly profileId?: string;
  readonly addresses: readonly {
    readonly channel: string;
    readonly address: string;
    readonly channelId?: string;
  }[];
}

interface Communication {
  readonly conversationId: string;
  readonly channelId?: string | null;
  readonly author: { readonly address: string; readonly channel: string; readonly participantId: string };
}

/** What happened since the last look, each read as the clients read it. */
async function eventsOf(act: () => Promise<unknown>) {
  const before = receiver.received.length;
  await act();
  await server.idle();
  const received = receiver.received.slice(before);
  for (const { eventType, data } of received) {
    const model = eventType.startsWith('COMMUNICATION')
      ? 'communication'
      : eventType.startsWith('PARTICIPANT')
        ? 'participant'
        : 'conversation';
    readAs(model, data);
  }
  return received.map(({ eventType, data }) => ({ eventType, data }));
}

async function participantsOf(client: AgentConnect, conversationId: string): Promise<readonly Participant[]> {
  const body = await client.send('GET', `/v2/Conversations/${conversationId}/Participants`);
  return readAs<{ participants: Participant[] }>('participants', body).participants;
}

/** The requests that the Python client makes before it takes an inbound message as its own to answer. */
function reconcile(participants: readonly Participant[], own: string, onChannel: string): string[] {
  const has = (participant: Participant, address: string) =>
    participant.addresses.some((held) => held.channel === onChannel && held.address === address);
  const ours = participants.find((participant) => has(participant, own));
  const others = participants.filter(
    (participant) => participant !== ours && participant.addresses.some((held) => held.channel === onChannel),
  );
  if (others.length === 0) return ['gives up: nobody to answer'];
  if (ours?.type === 'HUMAN_AGENT' || ours?.type === 'CUSTOMER') return ['gives up: somebody else is there'];
  return [
    ...(ours?.type === 'AGENT' || ours?.type === 'AI_AGENT' ? [] : [ours ? 'PUT AI_AGENT' : 'POST AI_AGENT']),
    ...(others.some(({ type }) => type === 'CUSTOMER') ? [] : ['PUT CUSTOMER']),
  ];
}

const post = (form: ReturnType<typeof messageForm>, path = `${ingest}/messages`) =>
  postForm(server, path, form);

describe.each([
  ['SMS', ''],
  ['WHATSAPP', 'whatsapp:'],
])('a message that a webhook captures on %s', (onChannel, prefix) => {
  const own = `${prefix}${agentPhone}`;
  const customer = `${prefix}${uniqueCustomer()}`;
  const receive = (Body: string) => eventsOf(() => post(messageForm({ From: customer, To: own, Body })));

  it('reaches the client with the conversation and its participants before it', async () => {
    const events = await receive('Is my order on its way?');
    expect(events.map(({ eventType }) => eventType)).toEqual([
      'CONVERSATION_CREATED',
      'PARTICIPANT_ADDED',
      'PARTICIPANT_ADDED',
      'COMMUNICATION_CREATED',
    ]);
    // The TypeScript client takes the customer's profile from here.
    expect(events[1]?.data).toMatchObject({
      type: 'CUSTOMER',
      profileId: expect.stringMatching(/^mem_profile_/),
    });
    expect(events[3]?.data).toMatchObject({
      author: { address: customer, channel: onChannel },
      content: { text: 'Is my order on its way?' },
      recipients: [{ address: own }],
    });
  });

  it('needs no request before it is answered, and its answer is known as the client’s own', async () => {
    const [event] = await receive('And when?');
    const { conversationId, author } = event?.data as unknown as Communication;
    for (const client of [python, typescript]) {
      const participants = await participantsOf(client, conversationId);
      expect(reconcile(participants, own, onChannel)).toEqual([]);
      expect(participants.find(({ id }) => id === author.participantId)?.type).toBe('CUSTOMER');
    }
    const events = await eventsOf(() =>
      python.send('POST', `/v2/Conversations/${conversationId}/Actions`, {
        type: 'SEND_MESSAGE',
        payload: {
          from: { address: own, channel: onChannel },
          to: [{ participantId: author.participantId, channel: onChannel }],
          content: { text: 'Tomorrow' },
        },
      }),
    );
    expect(events).toMatchObject([
      {
        eventType: 'COMMUNICATION_CREATED',
        data: { conversationId, author: { address: own, channel: onChannel } },
      },
    ]);
    const [outgoing] = ((await server.request('GET', '/rapport/v1/outbox')).body as { messages: object[] })
      .messages;
    expect(outgoing).toMatchObject({
      conversationId,
      from: own,
      to: [customer],
      content: { text: 'Tomorrow' },
    });
  });

  it('joins the conversation that the client reuses when it begins one itself', async () => {
    const [event] = await receive('Thanks');
    const { conversationId } = event?.data as unknown as Communication;
    const { configurationId } = (await python.send('GET', `/v2/Conversations/${conversationId}`)) as {
      configurationId: string;
    };
    const reply = await typescript.attempt('POST', '/v2/Conversations', {
      configurationId,
      participants: [
        { type: 'CUSTOMER', addresses: [{ channel: onChannel, address: customer }] },
        { type: 'AI_AGENT', addresses: [{ channel: onChannel, address: own }] },
      ],
    });
    expect(reply.status).toBe(409);
    expect(reply.headers.get('x-conflicting-resource-id')).toBe(conversationId);
    const participants = await participantsOf(python, conversationId);
    const exact = (address: string, types: string[]) =>
      participants.some(
        ({ type = '', addresses }) =>
          types.includes(type) &&
          addresses.some((held) => held.channel === onChannel && held.address === address),
      );
    expect([exact(customer, ['CUSTOMER']), exact(own, ['AGENT', 'AI_AGENT'])]).toEqual([true, true]);
  });
});

describe('a call that a transcription captures', () => {
  const transcriptions = `${ingest}/transcriptions`;

  it('is found by its SID as soon as it starts, answered without a request, and closed when it ends', async () => {
    const [callSid, customer] = [uniqueSid('CA'), uniqueCustomer()];
    const ends = { From: customer, To: agentPhone };
    const started = {
      TranscriptionEvent: 'transcription-started',
      CallSid: callSid,
      TranscriptionSid: callSid,
    };
    await eventsOf(() => post({ ...started, ...ends }, transcriptions));
    const path = `/v2/Conversations?status=ACTIVE&channelId=${callSid}`;
    const listed = readAs<{ conversations: { id: string }[] }>(
      'conversations',
      await python.send('GET', path),
    );
    const [{ id } = { id: '' }, ...others] = listed.conversations;
    expect(others).toEqual([]);
    expect(reconcile(await participantsOf(python, id), agentPhone, 'VOICE')).toEqual([]);

    const events = await eventsOf(() => post(fragmentForm(callSid, 'I lost my card'), transcriptions));
    expect(events).toMatchObject([
      {
        eventType: 'COMMUNICATION_CREATED',
        data: { conversationId: id, channelId: callSid, author: { address: customer } },
      },
    ]);

    const completed = await typescript.send(
      'GET',
      `/v2/Conversations?status=ACTIVE,INACTIVE&channelId=${callSid}`,
    );
    for (const hit of readAs<{ conversations: { id: string }[] }>('conversations', completed).conversations)
      await typescript.send('PUT', `/v2/Conversations/${hit.id}`, { status: 'CLOSED' });
    expect(await python.send('GET', `/v2/Conversations/${id}`)).toMatchObject({ status: 'CLOSED' });
  });
});
