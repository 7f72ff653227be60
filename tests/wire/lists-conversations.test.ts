import { afterAll, beforeAll, expect } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { describeLists, type List } from '../support/lists.ts';
import { createOtherAccountAuthorization } from '../support/second-account.ts';

let server: TestServer;
let names = 0;

beforeAll(async () => {
  server = await startTestServer({ env: { RAPPORT_STORES_MAX: '1000' } });
});
afterAll(() => server.stop());

interface Item {
  readonly id: string;
}
const idOf = ({ id }: Item) => id;
const idsOf = (items: readonly Item[]) => items.map(idOf);

async function send<Body = never>(
  method: string,
  path: string,
  body?: object,
  authorization?: string,
): Promise<Body> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  const reply = await server.request(method, path, body, headers);
  expect(reply.status, `${method} ${path}`).toBeLessThan(300);
  // Each caller reads what the contract gives to this request.
  return reply.body as Body;
}

async function createStore(authorization?: string): Promise<string> {
  names += 1;
  const draft = { displayName: `lists-${names}` };
  const accepted: { statusUrl: string } = await send('POST', '/v1/ControlPlane/Stores', draft, authorization);
  const path = new URL(accepted.statusUrl).pathname;
  const operation: { result: Item } = await send('GET', path, undefined, authorization);
  return operation.result.id;
}

async function createConfiguration(memoryStoreId: string, authorization?: string): Promise<string> {
  names += 1;
  const accepted: { related: { configurationId: string } } = await send(
    'POST',
    '/v2/ControlPlane/Configurations',
    {
      displayName: `lists-${names}`,
      conversationGroupingType: 'GROUP_BY_PROFILE',
      memoryStoreId,
    },
    authorization,
  );
  return accepted.related.configurationId;
}

async function createConversation(configurationId: string, authorization?: string): Promise<string> {
  return idOf(await send('POST', '/v2/Conversations', { configurationId }, authorization));
}

/** An account of its own with a configuration. */
async function createAccount() {
  const authorization = await createOtherAccountAuthorization(server);
  const memoryStoreId = await createStore(authorization);
  const configurationId = await createConfiguration(memoryStoreId, authorization);
  return { authorization, memoryStoreId, configurationId };
}

/** A conversation of the root account, by its path. */
async function createConversationPath(): Promise<{ conversationId: string; path: string }> {
  const conversationId = await createConversation(await createConfiguration(await createStore()));
  return { conversationId, path: `/v2/Conversations/${conversationId}` };
}

/** Copies of the newest item: a list with pages of a thousand takes too long to fill by requests. */
function copies<Row extends object>(row: Row, count: number, change: () => Partial<Row>): Row[] {
  return Array.from({ length: count }, () => ({ ...row, ...change() }));
}

const ada = { channel: 'SMS', address: '+12025550123' };
const desk = { channel: 'SMS', address: '+12025550100' };

const lists: readonly List[] = [
  {
    operation: 'ListConfiguration',
    key: 'configurations',
    max: 1000,
    count: 51,
    hasOrder: false,
    filters: { memoryStoreId: 'mem_store_1' },
    fill: async () => {
      const { authorization, memoryStoreId, configurationId } = await createAccount();
      return {
        path: '/v2/ControlPlane/Configurations',
        before: [configurationId],
        add: () => createConfiguration(memoryStoreId, authorization),
        addMany: (count) =>
          server.context.db.transaction(async (tx) => {
            const row = await tx
              .selectFrom('configurations')
              .selectAll()
              .where('id', '=', configurationId)
              .executeTakeFirstOrThrow();
            const rows = copies(row, count, () => {
              const id = server.context.ids.next('configuration');
              return { id, display_name: id };
            });
            await tx.insertInto('configurations').values(rows).execute();
            return idsOf(rows);
          }),
        labelsOf: ({ configurations }: { configurations: Item[] }) => idsOf(configurations),
        authorization,
      };
    },
  },
  {
    operation: 'ListConversationByAccount',
    key: 'conversations',
    max: 1000,
    count: 51,
    hasOrder: false,
    filters: { status: 'ACTIVE', channelId: 'CA1' },
    fill: async () => {
      const { authorization, configurationId } = await createAccount();
      const first = await createConversation(configurationId, authorization);
      return {
        path: '/v2/Conversations',
        before: [first],
        add: () => createConversation(configurationId, authorization),
        addMany: (count) =>
          server.context.db.transaction(async (tx) => {
            const row = await tx
              .selectFrom('conversations')
              .selectAll()
              .where('id', '=', first)
              .executeTakeFirstOrThrow();
            const rows = copies(row, count, () => ({ id: server.context.ids.next('conversation') }));
            await tx.insertInto('conversations').values(rows).execute();
            return idsOf(rows);
          }),
        labelsOf: ({ conversations }: { conversations: Item[] }) => idsOf(conversations),
        authorization,
      };
    },
  },
  {
    operation: 'ListParticipantByConversation',
    key: 'participants',
    max: 1000,
    count: 51,
    hasOrder: false,
    fill: async () => {
      const { conversationId, path } = await createConversationPath();
      return {
        path: `${path}/Participants`,
        add: async () => idOf(await send('POST', `${path}/Participants`, { addresses: [] })),
        addMany: (count) =>
          server.context.db.transaction(async (tx) => {
            const row = await tx
              .selectFrom('participants')
              .selectAll()
              .where('conversation_id', '=', conversationId)
              .executeTakeFirstOrThrow();
            const rows = copies(row, count, () => ({ id: server.context.ids.next('participant') }));
            await tx.insertInto('participants').values(rows).execute();
            return idsOf(rows);
          }),
        labelsOf: ({ participants }: { participants: Item[] }) => idsOf(participants),
      };
    },
  },
  {
    operation: 'ListCommunicationByConversation',
    key: 'communications',
    max: 1000,
    count: 51,
    hasOrder: false,
    filters: { channelId: 'CA1' },
    fill: async () => {
      const { conversationId, path } = await createConversationPath();
      const said = { author: ada, recipients: [desk], content: { type: 'TEXT', text: 'hello' } };
      return {
        path: `${path}/Communications`,
        add: async () => idOf(await send('POST', `${path}/Communications`, said)),
        addMany: (count) =>
          server.context.db.transaction(async (tx) => {
            const row = await tx
              .selectFrom('communications')
              .selectAll()
              .where('conversation_id', '=', conversationId)
              .executeTakeFirstOrThrow();
            const rows = copies(row, count, () => ({ id: server.context.ids.next('communication') }));
            await tx.insertInto('communications').values(rows).execute();
            return idsOf(rows);
          }),
        labelsOf: ({ communications }: { communications: Item[] }) => idsOf(communications),
      };
    },
  },
  {
    operation: 'ListOutbox',
    key: 'messages',
    max: 1000,
    count: 51,
    hasOrder: false,
    filters: { conversationId: 'conv_conversation_1' },
    fill: async () => {
      const { authorization, configurationId } = await createAccount();
      const conversationId = await createConversation(configurationId, authorization);
      const payload = { from: desk, to: [ada], content: { text: 'hello' } };
      const action = { type: 'SEND_MESSAGE', payload };
      return {
        path: '/rapport/v1/outbox',
        add: async () => {
          const actions = `/v2/Conversations/${conversationId}/Actions`;
          const { id }: Item = await send('POST', actions, action, authorization);
          await server.idle();
          return id;
        },
        addMany: (count) =>
          server.context.db.transaction(async (tx) => {
            const row = await tx
              .selectFrom('outbox_messages')
              .selectAll()
              .where('conversation_id', '=', conversationId)
              .executeTakeFirstOrThrow();
            const rows = copies(row, count, () => ({
              id: server.context.ids.sid('SM'),
              action_id: server.context.ids.next('action'),
            }));
            await tx.insertInto('outbox_messages').values(rows).execute();
            return rows.map((copy) => copy.action_id);
          }),
        labelsOf: ({ messages }: { messages: { actionId: string }[] }) =>
          messages.map(({ actionId }) => actionId),
        authorization,
      };
    },
  },
];

describeLists(lists, {
  api: 'Conversations API',
  server: () => server,
  includes: (path) => path.startsWith('/v2/') || path === '/rapport/v1/outbox',
  pageSize: 'onPage',
  refusal: (parameter) => ({ message: expect.stringMatching(`^${parameter}: `) }),
  notFoundCode: 20404,
});
