import { testAccount } from '../../src/testing/index.ts';
import type { Cluster } from './cluster.ts';
import type { Delivered } from './unreliable-receiver.ts';

/** What a customer and the agent write each other. */
export interface Chat {
  readonly customer: string;
  readonly messages: readonly {
    readonly sid: string;
    readonly isFromCustomer: boolean;
    readonly text: string;
  }[];
}

/** Whatever answers JSON requests of the root account: one server, or many. */
export type Requests = Pick<Cluster, 'request'>;

/** Who the customers write to. */
export const agentNumber = '+12025550199';
const pageSize = 1000;

/** Where the story takes place. */
export interface Place {
  readonly storeId: string;
  readonly configurationId: string;
}

/** A store, and a configuration that takes every message of the agent's number in. */
export async function prepare(
  server: Requests,
  options: { callbackUrl: string; statusTimeouts?: { inactive: number; closed: number } },
): Promise<Place> {
  const { body: store } = await server.request<{ statusUrl: string }>('POST', '/v1/ControlPlane/Stores', {
    displayName: 'story',
  });
  const operation = await server.request<{ result: { id: string } }>(
    'GET',
    new URL(store.statusUrl).pathname,
  );
  const storeId = operation.body.result.id;
  const { statusTimeouts } = options;
  const configuration = await server.request<{ related: { configurationId: string } }>(
    'POST',
    '/v2/ControlPlane/Configurations',
    {
      displayName: 'story',
      description: '',
      conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
      memoryStoreId: storeId,
      memoryExtractionEnabled: true,
      channelSettings: {
        SMS: {
          ...(statusTimeouts ? { statusTimeouts } : {}),
          captureRules: [
            { from: '*', to: agentNumber },
            { from: agentNumber, to: '*' },
          ],
        },
      },
      statusCallbacks: [{ url: options.callbackUrl }],
    },
  );
  if (configuration.status >= 300) throw new Error(`the configuration was refused: ${configuration.status}`);
  return { storeId, configurationId: configuration.body.related.configurationId };
}

/** Tells the chats, some of them at once, each message once the one before it is taken. */
export async function tell(
  cluster: Cluster,
  chats: readonly Chat[],
  { atOnce, onPosted }: { atOnce: number; onPosted: (count: number) => Promise<void> },
): Promise<void> {
  const waiting = [...chats];
  let posted = 0;
  const teller = async () => {
    for (let chat = waiting.shift(); chat; chat = waiting.shift()) {
      for (const message of chat.messages) {
        const status = await cluster.postForm('/rapport/v1/ingest/messages', formOf(chat, message));
        if (status !== 200) throw new Error(`a message was refused with ${status}`);
        posted += 1;
        await onPosted(posted);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, teller));
}

/** A message as a messaging provider's webhook tells of it. */
export function formOf(
  { customer }: Pick<Chat, 'customer'>,
  { sid, isFromCustomer, text }: Chat['messages'][number],
) {
  return {
    MessageSid: sid,
    AccountSid: testAccount.sid,
    From: isFromCustomer ? customer : agentNumber,
    To: isFromCustomer ? agentNumber : customer,
    Body: text,
    Direction: isFromCustomer ? 'inbound' : 'outbound-api',
  };
}

/** A conversation as the API tells of it, with the ids and SIDs of its communications in their order. */
export interface Told {
  readonly id: string;
  readonly communicationIds: readonly string[];
  readonly sids: readonly string[];
}

export async function readConversations(server: Requests): Promise<Told[]> {
  const told: Told[] = [];
  for (const { id } of await readAll<{ id: string }>(server, '/v2/Conversations', 'conversations')) {
    const path = `/v2/Conversations/${id}/Communications`;
    const newestFirst = await readAll<{ id: string; resourceId: string }>(server, path, 'communications');
    const communications = newestFirst.toReversed();
    told.push({
      id,
      communicationIds: communications.map((communication) => communication.id),
      sids: communications.map(({ resourceId }) => resourceId),
    });
  }
  return told;
}

/** What the store remembers of each customer, sorted. */
export async function readMemories(
  cluster: Cluster,
  storeId: string,
  chats: readonly Chat[],
): Promise<Map<string, string[]>> {
  const memories = new Map<string, string[]>();
  for (const { customer } of chats) {
    const found = await cluster.request<{ profiles: string[] }>(
      'POST',
      `/v1/Stores/${storeId}/Profiles/Lookup`,
      { idType: 'phone', value: customer },
    );
    const contents: string[] = [];
    for (const profileId of found.body.profiles ?? []) {
      const path = `/v1/Stores/${storeId}/Profiles/${profileId}/Observations`;
      const observations = await readAll<{ content: string }>(cluster, path, 'observations');
      contents.push(...observations.map(({ content }) => content));
    }
    memories.set(customer, contents.sort());
  }
  return memories;
}

async function readAll<Item>(server: Requests, path: string, key: string): Promise<Item[]> {
  const items: Item[] = [];
  for (let token = ''; ; ) {
    const page = await server.request<Record<string, Item[]> & { meta: { nextToken?: string | null } }>(
      'GET',
      `${path}?pageSize=${pageSize}${token && `&pageToken=${encodeURIComponent(token)}`}`,
    );
    items.push(...(page.body[key] ?? []));
    if (!page.body.meta.nextToken) return items;
    token = page.body.meta.nextToken;
  }
}

/** What is not as it should be; all of it is 0 where nothing was lost, doubled or swapped. */
export interface Damage {
  readonly messagesLost: number;
  readonly messagesTwice: number;
  readonly conversationsTwice: number;
  readonly conversationsOutOfOrder: number;
  readonly eventsLost: number;
  readonly eventsTooMany: number;
  readonly eventsOutOfOrder: number;
}

/** What there is to be held against each other. */
export interface Evidence {
  readonly chats: readonly Chat[];
  readonly told: readonly Told[];
  /** Repeats too. */
  readonly delivered: readonly Delivered[];
  /** The statuses that each conversation went through after its messages, in order. */
  readonly endings: readonly string[];
  /** Tokens of what was given up and came only when it was replayed: what was behind it did not wait. */
  readonly replayed?: ReadonlySet<string>;
}

export function assess({ chats, told, delivered, endings, replayed = new Set() }: Evidence): Damage {
  const sids = told.flatMap((conversation) => conversation.sids);
  const known = new Set(sids);
  const wanted = chats.flatMap(({ messages }) => messages.map(({ sid }) => sid));
  const orders = new Set(told.map((conversation) => conversation.sids.join()));
  const firsts = firstOfEach(delivered);
  const late = new Set(firsts.filter(({ token }) => replayed.has(token)).map(describeEvent));
  const inOrder = (list: readonly string[]) => list.filter((event) => !late.has(event)).join();
  const arrived = Map.groupBy(firsts, ({ conversationId }) => conversationId);
  const events = told.map((conversation) => ({
    expected: expectedEvents(conversation, endings),
    came: (arrived.get(conversation.id) ?? []).map(describeEvent),
  }));
  return {
    messagesLost: wanted.filter((sid) => !known.has(sid)).length,
    messagesTwice: sids.length - known.size,
    conversationsTwice: told.length - chats.length,
    conversationsOutOfOrder: chats.filter(
      ({ messages }) => !orders.has(messages.map(({ sid }) => sid).join()),
    ).length,
    eventsLost: sum(events.map(({ expected, came }) => Math.max(0, expected.length - came.length))),
    eventsTooMany: sum(events.map(({ expected, came }) => Math.max(0, came.length - expected.length))),
    eventsOutOfOrder: events.filter(({ expected, came }) => inOrder(expected) !== inOrder(came)).length,
  };
}

/** Without the repeats of what has been delivered before. */
export function firstOfEach(delivered: readonly Delivered[]): Delivered[] {
  const seen = new Set<string>();
  return delivered.filter(({ token }) => !seen.has(token) && seen.add(token));
}

function expectedEvents({ id, communicationIds }: Told, endings: readonly string[]): string[] {
  return [
    `CONVERSATION_CREATED ${id}`,
    // Which is which depends on who wrote first.
    'PARTICIPANT_ADDED',
    'PARTICIPANT_ADDED',
    ...communicationIds.map((communicationId) => `COMMUNICATION_CREATED ${communicationId}`),
    ...endings.map((status) => `CONVERSATION_UPDATED ${status}`),
  ];
}

function describeEvent({ eventType, dataId, status }: Delivered): string {
  if (eventType === 'PARTICIPANT_ADDED') return eventType;
  return `${eventType} ${eventType === 'CONVERSATION_UPDATED' ? status : dataId}`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
