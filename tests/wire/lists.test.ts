import { afterAll, beforeAll, expect } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { phoneAndName } from '../support/imports.ts';
import { describeLists, type List } from '../support/lists.ts';
import { createOtherAccountAuthorization } from '../support/second-account.ts';

let server: TestServer;
let names = 0;

beforeAll(async () => {
  server = await startTestServer({ env: { RAPPORT_STORES_MAX: '1000' } });
});
afterAll(() => server.stop());

const occurredAt = '2026-01-01T00:00:00Z';
const conversationId = `conv_conversation_${'0'.repeat(26)}`;
/** So that the order of names is the order in which they were made. */
const numbered = (n: number) => `n${String(n).padStart(3, '0')}`;
const nameOf = ({ displayName }: { displayName: string }) => displayName;
const contentOf = ({ content }: { content: string }) => content;

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
  const displayName = `lists-${names}`;
  const stores = '/v1/ControlPlane/Stores';
  const { statusUrl }: { statusUrl: string } = await send('POST', stores, { displayName }, authorization);
  const operation: { result: { id: string } } = await send(
    'GET',
    new URL(statusUrl).pathname,
    undefined,
    authorization,
  );
  return operation.result.id;
}

async function createProfile(storeId: string, contact: object): Promise<string> {
  const created: { id: string } = await send('POST', `/v1/Stores/${storeId}/Profiles`, {
    traits: { Contact: contact },
  });
  return created.id;
}

/** A profile in a store of its own. */
async function createPath(prefix = '/v1'): Promise<string> {
  const storeId = await createStore();
  const id = await createProfile(storeId, { email: 'l@example.com' });
  return `${prefix}/Stores/${storeId}/Profiles/${id}`;
}

const text = { dataType: 'STRING' };
const definitions = (from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from + 1 }, (_, at) => [numbered(from + at), text]));

const lists: readonly List[] = [
  {
    operation: 'ListStores',
    key: 'stores',
    max: 100,
    count: 101,
    hasOrder: true,
    fill: async () => {
      const authorization = await createOtherAccountAuthorization(server);
      return {
        path: '/v1/ControlPlane/Stores',
        add: () => createStore(authorization),
        labelsOf: ({ stores }: { stores: string[] }) => stores,
        authorization,
      };
    },
  },
  {
    operation: 'ListTraitGroups',
    key: 'traitGroups',
    max: 50,
    count: 40,
    hasOrder: true,
    fill: async () => {
      const path = `/v1/ControlPlane/Stores/${await createStore()}/TraitGroups`;
      await server.advance(1);
      return {
        path,
        before: ['Contact'],
        add: async (n) => {
          await send('POST', path, { displayName: numbered(n) });
          return numbered(n);
        },
        labelsOf: ({ traitGroups }: { traitGroups: { displayName: string }[] }) => traitGroups.map(nameOf),
      };
    },
  },
  {
    operation: 'FetchTraitGroup',
    key: 'traitGroup',
    max: 100,
    count: 90,
    hasOrder: true,
    fill: async () => {
      const groups = `/v1/ControlPlane/Stores/${await createStore()}/TraitGroups`;
      await send('POST', groups, { displayName: 'Group' });
      return {
        path: `${groups}/Group`,
        add: async (n) => {
          await send('PATCH', `${groups}/Group`, { traits: { [numbered(n)]: text } });
          return numbered(n);
        },
        labelsOf: ({ traitGroup }: { traitGroup: { traits: object } }) => Object.keys(traitGroup.traits),
      };
    },
  },
  {
    operation: 'ListDataMappings',
    key: 'dataMappings',
    max: 100,
    count: 101,
    hasOrder: true,
    filters: { type: 'INGRESS' },
    fill: async () => {
      const path = `/v1/ControlPlane/Stores/${await createStore()}/DataMappings`;
      const mappingFrom = { type: 'INGRESS', columns: ['mail'] };
      const target = { expression: 'mail', traitGroup: 'Contact', traitName: 'email' };
      const mappingTo = { type: 'TRAITS', mappings: [target] };
      return {
        path,
        add: async (n) => {
          await send('POST', path, { displayName: numbered(n), mappingFrom, mappingTo });
          return numbered(n);
        },
        labelsOf: ({ dataMappings }: { dataMappings: { displayName: string }[] }) => dataMappings.map(nameOf),
      };
    },
  },
  {
    operation: 'ListProfiles',
    key: 'profiles',
    max: 100,
    count: 101,
    hasOrder: true,
    fill: async () => {
      const storeId = await createStore();
      return {
        path: `/v1/Stores/${storeId}/Profiles`,
        add: (n) => createProfile(storeId, { email: `${numbered(n)}@example.com` }),
        labelsOf: ({ profiles }: { profiles: string[] }) => profiles,
      };
    },
  },
  {
    operation: 'ListProfileImportsV2',
    key: 'imports',
    max: 100,
    count: 101,
    hasOrder: true,
    fill: async () => {
      const path = `/v1/Stores/${await createStore()}/Profiles/Imports`;
      const draft = { filename: 'a.csv', fileSize: 10, columnMappings: phoneAndName };
      return {
        path,
        add: async () => (await send<{ importId: string }>('POST', path, draft)).importId,
        labelsOf: ({ imports }: { imports: string[] }) => imports,
      };
    },
  },
  {
    operation: 'ListProfileTraits',
    key: 'traits',
    max: 100,
    count: 101,
    hasOrder: true,
    filters: { traitGroups: 'Group' },
    fill: async () => {
      const storeId = await createStore();
      for (const [displayName, from] of [
        ['Group', 1],
        ['Hroup', 91],
      ] as const) {
        const traits = definitions(from, from + 89);
        await send('POST', `/v1/ControlPlane/Stores/${storeId}/TraitGroups`, { displayName, traits });
      }
      const profile = `/v1/Stores/${storeId}/Profiles/${await createProfile(storeId, { email: 't@example.com' })}`;
      return {
        path: `${profile}/Traits`,
        before: ['email'],
        add: async (n) => {
          await send('PATCH', profile, { traits: { [n < 91 ? 'Group' : 'Hroup']: { [numbered(n)]: 'x' } } });
          return numbered(n);
        },
        labelsOf: ({ traits }: { traits: { name: string }[] }) => traits.map(({ name }) => name),
      };
    },
  },
  {
    operation: 'ListProfileObservations',
    key: 'observations',
    max: 50,
    count: 51,
    hasOrder: true,
    filters: {
      source: 'test',
      createdAfter: '2000-01-01T00:00:00Z',
      createdBefore: '2100-01-01T00:00:00Z',
      conversationId,
    },
    fill: async () => {
      const path = `${await createPath()}/Observations`;
      return {
        path,
        add: async (n) => {
          const draft = { content: numbered(n), source: 'test', occurredAt };
          await send('POST', path, { observations: [draft] });
          return numbered(n);
        },
        labelsOf: ({ observations }: { observations: { content: string }[] }) => observations.map(contentOf),
      };
    },
  },
  {
    operation: 'ListObservationRevisions',
    key: 'revisions',
    max: 50,
    count: 51,
    hasOrder: false,
    fill: async () => {
      const path = `${await createPath()}/Observations`;
      await send('POST', path, { observations: [{ content: 'first', source: 'test', occurredAt }] });
      const { observations }: { observations: [{ id: string }] } = await send('GET', path);
      const item = `${path}/${observations[0].id}`;
      return {
        path: `${item}/Revisions`,
        before: ['first'],
        add: async (n) => {
          await send('PATCH', item, { content: numbered(n) });
          return numbered(n);
        },
        labelsOf: ({ revisions }: { revisions: { content: string }[] }) => revisions.map(contentOf),
      };
    },
  },
  {
    operation: 'ListProfileConversationSummaries',
    key: 'summaries',
    max: 50,
    count: 51,
    hasOrder: false,
    filters: { conversationId },
    fill: async () => {
      const path = `${await createPath()}/ConversationSummaries`;
      return {
        path,
        add: async (n) => {
          await send('POST', path, { summaries: [{ content: numbered(n), conversationId, occurredAt }] });
          return numbered(n);
        },
        labelsOf: ({ summaries }: { summaries: { content: string }[] }) => summaries.map(contentOf),
      };
    },
  },
  {
    operation: 'ListProfileMerges',
    key: 'merges',
    max: 100,
    count: 101,
    hasOrder: true,
    fill: async () => {
      const storeId = await createStore();
      const survivor = await createProfile(storeId, { email: 's@example.com' });
      return {
        path: `/rapport/v1/Stores/${storeId}/Profiles/${survivor}/Merges`,
        add: async (n) => {
          const merged = await createProfile(storeId, { chat: numbered(n) });
          const identifiers = `/v1/Stores/${storeId}/Profiles/${survivor}/Identifiers`;
          await send('POST', identifiers, { idType: 'chat', value: numbered(n) });
          return merged;
        },
        labelsOf: ({ merges }: { merges: { mergedId: string }[] }) => merges.map(({ mergedId }) => mergedId),
      };
    },
  },
];

describeLists(lists, {
  api: 'Memory API',
  server: () => server,
  // The lists of conversations, and the outbox of their actions, have a table of their own.
  includes: (path) => !path.startsWith('/v2/') && path !== '/rapport/v1/outbox',
  pageSize: 'inEffect',
  refusal: (parameter) => ({ errors: [{ pointer: `/${parameter}` }] }),
  notFoundCode: 520041,
});
