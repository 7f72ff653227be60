import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { nobodysUrl } from '../support/callback-receiver.ts';
import {
  agentNumber,
  createConfiguration,
  createConversation,
  customerNumber,
  refusals,
  say,
  uniqueName,
} from '../support/conversations.ts';
import { type EventStream, openEventStream, type StreamedEvent } from '../support/event-stream.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';

const engines = [
  { engine: 'SQLite', skip: false },
  {
    engine: whyNoPostgres ? `PostgreSQL (${whyNoPostgres})` : 'PostgreSQL',
    skip: whyNoPostgres !== undefined,
  },
];

/** What an operation works with: a conversation that is there before it. */
interface World {
  readonly server: TestServer;
  readonly client: SdkClient;
  readonly configurationId: string;
  readonly id: string;
  readonly customerId: string;
}

/** Something done to a conversation, and the events that tell of it, in order. */
interface Case {
  readonly what: string;
  /** What comes before, whose events do not count. */
  readonly given?: (world: World) => Promise<unknown>;
  readonly act: (world: World) => Promise<unknown>;
  readonly events: readonly string[];
}

const minute = 60;
const stranger = '+12025550177';
const put = ({ server, id }: World, body: object) => server.request('PUT', `/v2/Conversations/${id}`, body);
const patch = ({ server, id }: World, body: object) =>
  server.request('PATCH', `/v2/Conversations/${id}`, body);
const putCustomer = ({ server, id, customerId }: World, changes: object = {}) =>
  server.request('PUT', `/v2/Conversations/${id}/Participants/${customerId}`, {
    type: 'CUSTOMER',
    addresses: [{ channel: 'SMS', address: customerNumber }],
    ...changes,
  });
const addParticipant = ({ server, id }: World, address: string) =>
  server.request('POST', `/v2/Conversations/${id}/Participants`, {
    type: 'HUMAN_AGENT',
    addresses: [{ channel: 'SMS', address }],
  });

const updated = ['CONVERSATION_UPDATED'];
const cases: readonly Case[] = [
  {
    what: 'a conversation with participants is created',
    act: async ({ client, configurationId }) => createConversation(client, configurationId, [human('a')]),
    events: ['CONVERSATION_CREATED', 'PARTICIPANT_ADDED'],
  },
  {
    what: 'a conversation without participants is created',
    act: ({ client, configurationId }) => createConversation(client, configurationId, []),
    events: ['CONVERSATION_CREATED'],
  },
  {
    what: 'a conversation is refused because there is one',
    act: ({ client, configurationId }) => refusals([createConversation(client, configurationId)]),
    events: [],
  },
  { what: 'the status is set', act: (world) => put(world, { status: 'INACTIVE' }), events: updated },
  { what: 'the status is set to what it is', act: (world) => put(world, { status: 'ACTIVE' }), events: [] },
  { what: 'the name is set', act: (world) => put(world, { status: 'ACTIVE', name: 'n' }), events: updated },
  {
    what: 'status and name are set at once',
    act: (world) => put(world, { status: 'CLOSED', name: 'n' }),
    events: updated,
  },
  {
    what: 'the name is taken away',
    given: (world) => patch(world, { name: 'n' }),
    act: (world) => patch(world, { name: null }),
    events: updated,
  },
  { what: 'only metadata changes', act: (world) => patch(world, { metadata: { a: 'b' } }), events: [] },
  {
    what: 'only callbacks change',
    act: (world) => patch(world, { configuration: { statusCallbacks: [{ url: nobodysUrl }] } }),
    events: [],
  },
  {
    what: 'a CLOSED conversation is closed again',
    given: (world) => put(world, { status: 'CLOSED' }),
    act: (world) => put(world, { status: 'CLOSED' }),
    events: [],
  },
  {
    what: 'a CLOSED conversation is refused anything else',
    given: (world) => put(world, { status: 'CLOSED' }),
    act: async (world) => {
      await put(world, { status: 'ACTIVE' });
      await addParticipant(world, stranger);
      await refusals([say(world.client, world.id)]);
    },
    events: [],
  },
  {
    what: 'time makes it INACTIVE and CLOSED',
    act: ({ server }) => server.advance(60 * minute),
    events: ['CONVERSATION_UPDATED', 'CONVERSATION_UPDATED'],
  },
  {
    what: 'a participant is added',
    act: (world) => addParticipant(world, stranger),
    events: ['PARTICIPANT_ADDED'],
  },
  {
    what: 'a participant is refused because the address is there',
    act: (world) => addParticipant(world, customerNumber),
    events: [],
  },
  {
    what: 'a participant gets a name',
    act: (world) => putCustomer(world, { name: 'Dana' }),
    events: ['PARTICIPANT_UPDATED'],
  },
  {
    what: 'a participant gets another type',
    act: (world) => putCustomer(world, { type: 'HUMAN_AGENT' }),
    events: ['PARTICIPANT_UPDATED'],
  },
  {
    what: 'a participant gets another profile',
    act: (world) => putCustomer(world, { profileId: 'mem_profile_00000000000000000000000001' }),
    events: ['PARTICIPANT_UPDATED'],
  },
  {
    what: 'a participant gets another address',
    act: (world) => putCustomer(world, { addresses: [{ channel: 'SMS', address: stranger }] }),
    events: ['PARTICIPANT_UPDATED'],
  },
  { what: 'a participant stays as it is', act: (world) => putCustomer(world), events: [] },
  {
    what: 'something is said',
    act: ({ client, id }) => say(client, id),
    events: ['COMMUNICATION_CREATED'],
  },
  {
    what: 'somebody new says something',
    act: ({ client, id }) => say(client, id, { from: stranger }),
    events: ['PARTICIPANT_ADDED', 'COMMUNICATION_CREATED'],
  },
  {
    what: 'something is said in an INACTIVE conversation',
    given: (world) => put(world, { status: 'INACTIVE' }),
    act: ({ client, id }) => say(client, id),
    events: ['CONVERSATION_UPDATED', 'COMMUNICATION_CREATED'],
  },
  {
    what: 'somebody new says something in an INACTIVE conversation',
    given: (world) => put(world, { status: 'INACTIVE' }),
    act: ({ client, id }) => say(client, id, { from: stranger, to: '+12025550178' }),
    events: ['CONVERSATION_UPDATED', 'PARTICIPANT_ADDED', 'PARTICIPANT_ADDED', 'COMMUNICATION_CREATED'],
  },
  {
    what: 'a message arrives again',
    given: ({ client, id }) => say(client, id, { resourceId: 'SM1' }),
    act: ({ client, id }) => say(client, id, { resourceId: 'SM1' }),
    events: [],
  },
  {
    what: 'a message arrives again with another text',
    given: ({ client, id }) => say(client, id, { resourceId: 'SM1' }),
    act: ({ client, id }) => say(client, id, { resourceId: 'SM1', text: 'changed' }),
    events: ['COMMUNICATION_UPDATED'],
  },
  {
    what: 'a message of a CLOSED conversation arrives again with another text',
    given: async (world) => {
      await say(world.client, world.id, { resourceId: 'SM1' });
      await put(world, { status: 'CLOSED' });
    },
    act: ({ client, id }) => say(client, id, { resourceId: 'SM1', text: 'changed' }),
    events: ['COMMUNICATION_UPDATED'],
  },
  {
    what: 'the conversation is deleted',
    act: async ({ client, server, id }) => {
      await client.conversations.v2.conversations(id).remove();
      await server.idle();
    },
    events: [],
  },
];

function human(name: string) {
  return { type: 'HUMAN_AGENT', name, addresses: [{ channel: 'CHAT', address: uniqueName() }] };
}

describe.each(engines)('events on $engine', ({ engine, skip }) => {
  let postgres: PostgresServer | undefined;
  let server: TestServer;
  let client: SdkClient;
  let stream: EventStream;
  beforeAll(async () => {
    if (skip) return;
    if (engine === 'PostgreSQL') postgres = await startPostgres();
    const env = postgres ? { DATABASE_URL: await postgres.createDatabase() } : {};
    ({ server, client } = await startServerWithSdk({ env }));
    stream = await openEventStream(server.url);
  });
  afterAll(async () => {
    await stream?.close();
    await server?.stop();
    await postgres?.stop();
  });

  // The timers of one test's conversation do not run into the next test.
  afterEach(() => (skip ? undefined : server.advance(60 * minute)));

  async function createWorld(): Promise<World> {
    const configurationId = await createConfiguration(client, {
      // As the API takes it; the SDK's type has a class for each channel.
      channelSettings: { SMS: { statusTimeouts: { inactive: 10, closed: 30 } } } as never,
    });
    const { id, participants } = await createConversation(client, configurationId);
    return { server, client, configurationId, id, customerId: participants[0]?.id ?? '' };
  }

  /** What the stream told since the last call. */
  async function eventsSoFar(): Promise<StreamedEvent[]> {
    const name = uniqueName();
    const configurationId = await createConfiguration(client);
    await client.conversations.v2.conversations.create({ configurationId, name });
    return stream.takeUntil(({ data }) => data.data['name'] === name);
  }

  const get = async (path: string) => (await server.request('GET', path)).body;

  const described = cases.map((each) => ({ ...each, told: each.events.join(', ') || 'nothing' }));
  it.skipIf(skip).each(described)('tell $told when $what', async ({ given, act, events }) => {
    const world = await createWorld();
    await given?.(world);
    await eventsSoFar();
    await act(world);
    const told = await eventsSoFar();
    expect(told.map(({ data }) => data.eventType)).toEqual(events);
    expect(told.map(({ name }) => name)).toEqual(events);
  });

  it.skipIf(skip)('hold the resource as GET answers it then', async () => {
    const world = await createWorld();
    const path = `/v2/Conversations/${world.id}`;
    const toldBy = async (act: () => Promise<unknown>) => {
      await eventsSoFar();
      await act();
      return (await eventsSoFar()).map(({ data }) => data.data);
    };
    expect((await eventsSoFar()).map(({ data }) => data.data)).toEqual([
      await get(path),
      await get(`${path}/Participants/${world.customerId}`),
      expect.objectContaining({ type: 'AI_AGENT' }),
    ]);
    expect(await toldBy(() => put(world, { status: 'INACTIVE', name: 'Order 7' }))).toEqual([
      await get(path),
    ]);
    const [reactivated, joined, said] = await toldBy(() =>
      say(client, world.id, { from: stranger, resourceId: 'SM1', channelId: 'CH1' }),
    );
    const { participants, ...members } = (await get(path)) as { participants: { id: string }[] };
    expect(reactivated).toEqual({ ...members, participants: participants.slice(0, 2) });
    expect(joined).toEqual(await get(`${path}/Participants/${participants[2]?.id}`));
    expect(said).toEqual(await get(`${path}/Communications/${said?.id}`));
    expect(await toldBy(() => putCustomer(world, { name: 'Dana', profileId: 'profile-1' }))).toEqual([
      await get(`${path}/Participants/${world.customerId}`),
    ]);
    expect(
      await toldBy(() => say(client, world.id, { from: stranger, resourceId: 'SM1', text: 'b' })),
    ).toEqual([await get(`${path}/Communications/${said?.id}`)]);
    expect(await toldBy(() => server.advance(10 * minute))).toEqual([await get(path)]);
  });

  it.skipIf(skip)('say when they happened and which request caused them', async () => {
    const world = await createWorld();
    await eventsSoFar();
    const reply = await put(world, { status: 'ACTIVE', name: 'n' });
    const [event] = await eventsSoFar();
    expect(event?.data.timestamp).toBe((reply.body as { updatedAt: string }).updatedAt);
    await server.advance(10 * minute);
    const rows = await server.context.db.reader
      .selectFrom('events')
      .select('request_id')
      .where('conversation_id', '=', world.id)
      .orderBy('position')
      .execute();
    expect(rows.slice(-2)).toEqual([
      { request_id: reply.headers.get('twilio-request-id') },
      { request_id: null },
    ]);
  });

  it.skipIf(skip)(
    'are streamed once each, in the order of their conversation, while twenty write',
    async () => {
      const configurationId = await createConfiguration(client);
      const conversations = await Promise.all(
        Array.from({ length: 4 }, () => createConversation(client, configurationId, [])),
      );
      const reading = await openEventStream(server.url, { query: { types: 'COMMUNICATION_CREATED' } });
      const writers = Array.from({ length: 20 }, async (_, writer) => {
        for (let n = 0; n < 5; n += 1) await say(client, conversations[(writer + n) % 4]?.id ?? '');
      });
      const told = (await reading.take(100)).map(({ data }) => data.data);
      await Promise.all(writers);
      await reading.close();
      expect(new Set(told.map(({ id }) => id)).size).toBe(100);
      for (const { id } of conversations) {
        const rows = await server.context.db.reader
          .selectFrom('events')
          .select('body_json')
          .where('conversation_id', '=', id)
          .where('type', '=', 'COMMUNICATION_CREATED')
          .orderBy('position')
          .execute();
        const recorded = rows.map(({ body_json }) => (JSON.parse(body_json) as { data: unknown }).data);
        expect(told.filter(({ conversationId }) => conversationId === id)).toEqual(recorded);
      }
    },
  );

  it.skipIf(skip)('are gone with their conversation', async () => {
    const { id } = await createWorld();
    const count = async () =>
      (
        await server.context.db.reader
          .selectFrom('events')
          .select('id')
          .where('conversation_id', '=', id)
          .execute()
      ).length;
    expect(await count()).toBe(3);
    await client.conversations.v2.conversations(id).remove();
    await server.idle();
    expect(await count()).toBe(0);
  });
});

describe('events for the Agent Connect clients', () => {
  it('have the forms of the answers', async () => {
    const { server, client } = await startServerWithSdk({ env: { RAPPORT_COMPAT: 'agent-connect' } });
    try {
      const stream = await openEventStream(server.url);
      const configurationId = await createConfiguration(client);
      const addresses = [
        { channel: 'VIDEO', address: 'room-1' },
        { channel: 'SMS', address: agentNumber },
      ];
      const { id, participants } = await createConversation(client, configurationId, [
        { type: 'AGENT', addresses },
      ]);
      const [created, added] = await stream.take(2);
      const path = `/v2/Conversations/${id}`;
      const participant = await server.request('GET', `${path}/Participants/${participants[0]?.id}`);
      expect(created?.data.data).toEqual((await server.request('GET', path)).body);
      expect(added?.data.data).toEqual(participant.body);
      expect(added?.data.data['addresses']).toEqual([expect.objectContaining({ channel: 'SMS' })]);
      await stream.close();
    } finally {
      await server.stop();
    }
  });
});
