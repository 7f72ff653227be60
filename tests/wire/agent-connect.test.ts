import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { type AgentConnect, readAs, startServerWithAgentConnect } from '../support/agent-connect.ts';

let server: TestServer;
let python: AgentConnect;
let typescript: AgentConnect;
let store: string;
let configurationId: string;

beforeAll(async () => {
  ({ server, Python: python, TypeScript: typescript } = await startServerWithAgentConnect());
  store = await createStore();
  configurationId = await createConfiguration('agent');
});
afterAll(() => server.stop());

const customerPhone = '+12025550123';
const agentPhone = '+12025550100';
let callers = 0;

/** A phone number that no other customer of these tests has. */
function nextPhone(): string {
  callers += 1;
  return `+1202555${String(100 + callers).padStart(4, '0')}`;
}

interface Accepted {
  readonly statusUrl: string;
  readonly related: { readonly configurationId: string };
}

async function createStore(): Promise<string> {
  const { body } = await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'agent' });
  const { pathname } = new URL((body as Accepted).statusUrl);
  const operation = (await server.request('GET', pathname)).body as { result: { id: string } };
  return operation.result.id;
}

/** As the setup wizard writes it: no description, rules both ways, short timers (conversations-clients section 6). */
function wizardBody(displayName: string) {
  return {
    displayName,
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: store,
    channelSettings: {
      SMS: {
        captureRules: [
          { from: agentPhone, to: '*' },
          { from: '*', to: agentPhone },
        ],
        statusTimeouts: { inactive: 1, closed: 2 },
      },
    },
    statusCallbacks: [],
  };
}

async function createConfiguration(displayName: string): Promise<string> {
  const body = await typescript.send('POST', '/v2/ControlPlane/Configurations', wizardBody(displayName));
  return (body as Accepted).related.configurationId;
}

async function createProfile(phone: string): Promise<string> {
  const body = await python.send('POST', `/v1/Stores/${store}/Profiles`, { traits: { Contact: { phone } } });
  return readAs<{ id: string }>('createdProfile', body).id;
}

const profilePath = (id: string) => `/v1/Stores/${store}/Profiles/${id}`;

describe('memory, asked by an Agent Connect client', () => {
  it('finds no profile of a stranger, and the same one from then on', async () => {
    const phone = nextPhone();
    const lookup = async () =>
      readAs<{ normalizedValue: string; profiles: string[] }>(
        'lookup',
        await typescript.send('POST', `/v1/Stores/${store}/Profiles/Lookup`, {
          idType: 'phone',
          value: phone,
        }),
      );
    expect(await lookup()).toEqual({ normalizedValue: phone, profiles: [] });
    const id = await createProfile(phone);
    expect(await lookup()).toEqual({ normalizedValue: phone, profiles: [id] });
  });

  it.each([
    'Contact,Other',
    'Contact%2COther',
    'Contact',
  ])('gives a profile with traitGroups=%s', async (groups) => {
    const phone = nextPhone();
    const id = await createProfile(phone);
    for (const client of [python, typescript]) {
      const body = await client.send('GET', `${profilePath(id)}?traitGroups=${groups}`);
      expect(readAs('profile', body)).toMatchObject({ id, traits: { Contact: { phone } } });
    }
  });

  it('gives a profile with empty traits rather than none', async () => {
    const id = await createProfile(nextPhone());
    const body = await python.send('GET', `${profilePath(id)}?traitGroups=Other`);
    expect(readAs('profile', body)).toMatchObject({ traits: {} });
  });

  it('takes a bare observation and echoes it', async () => {
    const id = await createProfile(nextPhone());
    const sent = { content: 'Prefers tea', source: 'agent', occurredAt: '2026-03-30T10:30:00.123456+00:00' };
    const body = await typescript.send('POST', `${profilePath(id)}/Observations`, sent);
    readAs('accepted', body);
    expect(readAs('createdObservation', body)).toMatchObject({
      content: 'Prefers tea',
      source: 'agent',
      occurredAt: '2026-03-30T10:30:00.123Z',
      conversationIds: [],
    });
  });

  it('takes a bare observation without a time, which is then now', async () => {
    const id = await createProfile(nextPhone());
    const body = await python.send('POST', `${profilePath(id)}/Observations`, {
      content: 'Prefers coffee',
      source: 'agent',
      conversationIds: ['conv_conversation_01k1etk2y5f1y9fpe2epfdtvv2'],
    });
    expect(readAs('createdObservation', body)).toMatchObject({
      conversationIds: ['conv_conversation_01k1etk2y5f1y9fpe2epfdtvv2'],
    });
  });

  it('takes a batch of observations and answers with a message', async () => {
    const id = await createProfile(nextPhone());
    const occurredAt = '2026-03-30T10:30:00.000Z';
    const body = await typescript.send('POST', `${profilePath(id)}/Observations`, {
      observations: [{ content: 'Prefers tea', source: 'agent', occurredAt, conversationIds: [] }],
    });
    expect(Object.keys(readAs('accepted', body))).toEqual(['message']);
  });

  it('lists observations when asked with `limit`, which it does not know', async () => {
    const id = await createProfile(nextPhone());
    const observations = ['one', 'two'].map((content) => ({
      content,
      source: 'agent',
      occurredAt: '2026-03-30T10:30:00Z',
    }));
    await typescript.send('POST', `${profilePath(id)}/Observations`, { observations });
    const path = `${profilePath(id)}/Observations?limit=1&Page=0&PageSize=1&createdBefore=2100-01-01T00:00:00Z`;
    const { observations: listed } = readAs<{ observations: object[] }>(
      'observations',
      await python.send('GET', path),
    );
    expect(listed).toHaveLength(2);
  });

  it('takes summaries with the time of an event as it stands', async () => {
    const id = await createProfile(nextPhone());
    const times = ['2026-03-30T10:30:00Z', '2026-03-30T12:30:00.5+02:00', '2026-03-30T10:30:00.123456789Z'];
    const body = await python.send('POST', `${profilePath(id)}/ConversationSummaries`, {
      summaries: times.map((occurredAt) => ({
        content: 'Asked for a parcel',
        conversationId: 'conv_conversation_01k1etk2y5f1y9fpe2epfdtvv2',
        occurredAt,
        source: 'conversation-intelligence',
      })),
    });
    readAs('accepted', body);
    const recalled = await python.send('POST', `${profilePath(id)}/Recall`, { summariesLimit: 5 });
    expect(readAs<{ summaries: object[] }>('recall', recalled).summaries).toHaveLength(3);
  });

  it('answers Recall with its three lists, even when it remembers nothing', async () => {
    const id = await createProfile(nextPhone());
    const body = await python.send('POST', `${profilePath(id)}/Recall`, {
      observationsLimit: 20,
      summariesLimit: 5,
      communicationsLimit: 0,
      relevanceThreshold: 0,
    });
    expect(readAs('recall', body)).toMatchObject({ observations: [], summaries: [], communications: [] });
  });

  it('answers Recall with all members that a client may send', async () => {
    const phone = nextPhone();
    const conversationId = await startConversation(phone);
    await write(conversationId, phone, 'Where is my espresso machine?');
    await write(conversationId, phone, 'It leaks.', { author: agentPhone, recipient: phone });
    const { profiles } = (await typescript.send('POST', `/v1/Stores/${store}/Profiles/Lookup`, {
      idType: 'phone',
      value: phone,
    })) as { profiles: string[] };
    const id = profiles[0] ?? '';
    await typescript.send('POST', `${profilePath(id)}/Observations`, {
      content: 'Owns a machine',
      source: 'agent',
    });
    const body = await typescript.send('POST', `${profilePath(id)}/Recall`, {
      conversationId,
      query: 'machine',
      beginDate: '2020-01-01T00:00:00Z',
      endDate: '2100-01-01T00:00:00Z',
      observationsLimit: 20,
      summariesLimit: 5,
      communicationsLimit: 10,
      relevanceThreshold: 0,
    });
    const recalled = readAs<{ observations: object[]; communications: object[] }>('recall', body);
    expect(recalled.observations).toHaveLength(1);
    expect(recalled.communications).toMatchObject([
      { author: { address: phone, type: 'CUSTOMER' } },
      { author: { address: agentPhone, type: 'AI_AGENT' } },
    ]);
  });

  it.each([
    '..%2F..%2FControlPlane%2FStores',
    'mem_profile_%27%3B--',
    '%3Flimit%3D1',
    '%00',
    '%F0%9F%98%80',
  ])('refuses a hostile profile ID that arrives as one segment: %s', async (id) => {
    const reply = await python.attempt('GET', profilePath(id));
    expect(reply).toMatchObject({ status: 400, body: { code: 400, message: expect.any(String) } });
  });

  it('leads a client from a merged profile to the survivor, on the same origin and with the body sent again', async () => {
    const [phone, email] = [nextPhone(), 'merged@example.com'];
    const survivor = await createProfile(phone);
    const contact = (traits: object) => ({ traits: { Contact: traits } });
    const merged = readAs<{ id: string }>(
      'createdProfile',
      await python.send('POST', `/v1/Stores/${store}/Profiles`, contact({ email })),
    );
    await python.send('POST', `/v1/Stores/${store}/Profiles`, contact({ phone, email }));
    const observation = { content: 'Moved house', source: 'agent' };
    const reply = await python.attempt('POST', `${profilePath(merged.id)}/Observations`, observation);
    expect(reply.status).toBe(308);
    const target = new URL(reply.headers.get('Location') ?? '');
    expect(target.origin).toBe(server.url);
    expect(target.pathname).toContain(survivor);
    readAs('createdObservation', await python.send('POST', target.pathname, observation));
  });
});

async function startConversation(phone: string, agentType = 'AI_AGENT'): Promise<string> {
  const body = await typescript.send('POST', '/v2/Conversations', {
    configurationId,
    participants: [
      { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: phone }] },
      { type: agentType, addresses: [{ channel: 'SMS', address: agentPhone }] },
    ],
  });
  return readAs<{ id: string }>('conversation', body).id;
}

async function write(
  conversationId: string,
  phone: string,
  text: string,
  {
    author = phone,
    recipient = agentPhone,
    channelId,
  }: { author?: string; recipient?: string; channelId?: string } = {},
): Promise<unknown> {
  const body = await typescript.send('POST', `/v2/Conversations/${conversationId}/Communications`, {
    author: { address: author, channel: 'SMS' },
    content: { type: 'TEXT', text },
    recipients: [{ address: recipient, channel: 'SMS' }],
    ...(channelId ? { channelId } : {}),
  });
  return readAs('communication', body);
}

interface Participant {
  readonly id: string;
  readonly type: string;
  readonly profileId?: string;
  readonly addresses: { channel: string; address: string; channelId: string | null }[];
}

async function participantsOf(conversationId: string): Promise<Participant[]> {
  const body = await python.send('GET', `/v2/Conversations/${conversationId}/Participants`);
  return readAs<{ participants: Participant[] }>('participants', body).participants;
}

const participantPath = (conversationId: string, { id }: { id: string }) =>
  `/v2/Conversations/${conversationId}/Participants/${id}`;

describe('conversations, asked by an Agent Connect client', () => {
  it('gives the configuration at start, with the store in the form that clients insist on', async () => {
    for (const client of [python, typescript]) {
      const body = await client.send('GET', `/v2/ControlPlane/Configurations/${configurationId}`);
      expect(readAs('configuration', body)).toMatchObject({
        id: configurationId,
        description: '',
        memoryStoreId: store,
        channelSettings: { SMS: { statusTimeouts: { inactive: 1, closed: 2 } } },
      });
    }
  });

  it('lets the wizard find what it made by its name', async () => {
    const id = await createConfiguration('wizard');
    const { configurations } = (await python.send('GET', '/v2/ControlPlane/Configurations')) as {
      configurations: { id: string; displayName: string }[];
    };
    for (const configuration of configurations) readAs('configuration', configuration);
    expect(configurations.find(({ displayName }) => displayName === 'wizard')?.id).toBe(id);
  });

  it('refuses a replacement with channelSettings alone, and names what is missing', async () => {
    const path = `/v2/ControlPlane/Configurations/${configurationId}`;
    const { status, body } = await python.attempt('PUT', path, { channelSettings: {} });
    expect({ status, body }).toMatchObject({ status: 400, body: { code: 20001 } });
    expect(JSON.stringify(body)).toContain('memoryStoreId');
  });

  it.each([
    'status=ACTIVE&status=INACTIVE',
    'status=ACTIVE,INACTIVE',
    'status=ACTIVE%2CINACTIVE',
    'Status=ACTIVE&Status=INACTIVE',
    'STATUS=ACTIVE,INACTIVE',
  ])('lists live conversations of a call, asked with %s', async (query) => {
    const phone = nextPhone();
    const channelId = `CA${String(callers).padStart(32, '0')}`;
    const live = await startConversation(phone);
    await write(live, phone, 'hello', { channelId });
    const closed = await startConversation(nextPhone());
    await write(closed, phone, 'hello', { channelId });
    await python.send('PUT', `/v2/Conversations/${closed}`, { status: 'CLOSED', name: 'done' });

    for (const parameter of ['channelId', 'ChannelId']) {
      const body = await python.send(
        'GET',
        `/v2/Conversations?${query}&${parameter}=${channelId}&PageSize=20`,
      );
      const { conversations } = readAs<{ conversations: { id: string }[] }>('conversations', body);
      expect(conversations.map(({ id }) => id)).toEqual([live]);
    }
  });

  it('finds the conversation of a call that has ended, and closes it as often as it is told', async () => {
    const phone = nextPhone();
    const channelId = 'CA99999999999999999999999999999999';
    const id = await startConversation(phone);
    await write(id, phone, 'hello', { channelId });
    const body = await typescript.send('GET', `/v2/Conversations?channelId=${channelId}`);
    const { conversations } = readAs<{ conversations: { id: string }[] }>('conversations', body);
    expect(conversations.map((conversation) => conversation.id)).toEqual([id]);
    const close = () => typescript.send('PUT', `/v2/Conversations/${id}`, { status: 'CLOSED' });
    const closed = readAs('conversation', await close());
    expect(closed).toMatchObject({ id, status: 'CLOSED' });
    expect(await close()).toEqual(closed);
  });

  it('names the conversation that is in the way, which shows the addresses as they were sent', async () => {
    const phone = nextPhone();
    const id = await startConversation(phone);
    const reply = await python.attempt('POST', '/v2/Conversations', {
      configurationId,
      name: 'again',
      participants: [
        { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: phone }] },
        { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: agentPhone }] },
      ],
    });
    expect(reply.status).toBe(409);
    expect(reply.headers.get('X-Conflicting-Resource-Id')).toBe(id);
    const shown = (await participantsOf(id)).map(({ type, addresses }) => [type, addresses[0]?.address]);
    expect(shown).toEqual(
      expect.arrayContaining([
        ['CUSTOMER', phone],
        ['AI_AGENT', agentPhone],
      ]),
    );
  });

  it('keeps the channel resource of a chat address, by which clients find their conversation again', async () => {
    const channelId = 'CH00000000000000000000000000000001';
    const body = await typescript.send('POST', '/v2/Conversations', {
      configurationId,
      participants: [{ type: 'CUSTOMER', addresses: [{ channel: 'CHAT', address: 'visitor-1', channelId }] }],
    });
    const { id } = readAs<{ id: string }>('conversation', body);
    const [customer] = await participantsOf(id);
    expect(customer?.addresses).toEqual([{ channel: 'CHAT', address: 'visitor-1', channelId }]);
    const listed = await typescript.send(
      'GET',
      `/v2/Conversations?status=ACTIVE,INACTIVE&channelId=${channelId}`,
    );
    expect(readAs<{ conversations: object[] }>('conversations', listed).conversations).toHaveLength(1);
  });

  it('stops callbacks by the hand-off’s empty list', async () => {
    const id = await startConversation(nextPhone());
    const body = await python.send('PATCH', `/v2/Conversations/${id}`, {
      configuration: { statusCallbacks: [] },
    });
    expect(readAs('conversation', body)).toMatchObject({ id, status: 'ACTIVE' });
    expect(body).toMatchObject({ configuration: { statusCallbacks: [] } });
  });

  it('records both sides of a call that the client transcribes', async () => {
    const phone = nextPhone();
    const body = await python.send('POST', '/v2/Conversations', { configurationId });
    const { id } = readAs<{ id: string }>('conversation', body);
    await python.send('POST', `/v2/Conversations/${id}/Communications`, {
      author: { address: phone, channel: 'VOICE' },
      content: {
        type: 'TRANSCRIPTION',
        text: 'hi there',
        transcription: { channel: 0, confidence: 0.95, engine: 'twilio' },
      },
      recipients: [{ address: agentPhone, channel: 'VOICE' }],
      channelId: 'CA12345678901234567890123456789012',
    });
    const listed = await python.send('GET', `/v2/Conversations/${id}/Communications`);
    const { communications } = readAs<{ communications: object[] }>('communications', listed);
    expect(communications).toMatchObject([{ content: { type: 'TRANSCRIPTION', text: 'hi there' } }]);
  });

  it('lets a client join a conversation that a customer began', async () => {
    const phone = nextPhone();
    const body = await typescript.send('POST', '/v2/Conversations', {
      configurationId,
      participants: [{ type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: phone }] }],
    });
    const { id } = readAs<{ id: string }>('conversation', body);
    const joined = await typescript.send('POST', `/v2/Conversations/${id}/Participants`, {
      type: 'AI_AGENT',
      addresses: [{ channel: 'SMS', address: agentPhone }],
    });
    expect(readAs('participant', joined)).toMatchObject({ type: 'AI_AGENT', conversationId: id });
  });

  it('lets the reconciliation turn both unknowns into agent and customer', async () => {
    const phone = nextPhone();
    const body = await python.send('POST', '/v2/Conversations', { configurationId });
    const { id } = readAs<{ id: string }>('conversation', body);
    await write(id, phone, 'hello');
    const profileId = await createProfile(phone);
    for (const unknown of await participantsOf(id)) {
      const isOurs = unknown.addresses[0]?.address === agentPhone;
      const updated = await python.send('PUT', participantPath(id, unknown), {
        type: isOurs ? 'AI_AGENT' : 'CUSTOMER',
        addresses: unknown.addresses,
        ...(isOurs ? {} : { profileId }),
      });
      expect(readAs('participant', updated)).toMatchObject({
        id: unknown.id,
        addresses: unknown.addresses,
        ...(isOurs ? {} : { profileId }),
      });
    }
    expect((await participantsOf(id)).map(({ type }) => type).toSorted()).toEqual(['AI_AGENT', 'CUSTOMER']);
  });

  it('gives every message its participants', async () => {
    const id = await startConversation(customerPhone);
    await write(id, customerPhone, 'hello');
    const participants = await participantsOf(id);
    const ids = participants.map((participant) => participant.id);
    const listed = await typescript.send('GET', `/v2/Conversations/${id}/Communications`);
    const { communications } = readAs<{
      communications: { author: { participantId: string }; recipients: { participantId: string }[] }[];
    }>('communications', listed);
    expect(communications).toHaveLength(1);
    for (const { author, recipients } of communications) {
      expect(ids).toContain(author.participantId);
      for (const { participantId } of recipients) expect(ids).toContain(participantId);
    }
  });
});
