import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let store: string;
let profile: string;
let storeId: string;
let count = 0;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({ env: { RAPPORT_STORES_MAX: '1000' } }));
});
afterAll(() => server.stop());
beforeEach(async () => {
  count += 1;
  storeId = await createStore(client, `limits-${count}`);
  store = `/v1/ControlPlane/Stores/${storeId}`;
  const { id } = await client.memory.v1
    .profiles(storeId)
    .create({ traits: { Contact: { email: 'l@example.com' } } });
  profile = `/v1/Stores/${storeId}/Profiles/${id}`;
});

const text = (length: number) => 'x'.repeat(length);
const many = <Item>(length: number, item: (n: number) => Item) => Array.from({ length }, (_, n) => item(n));
const statusOf = async (method: string, path: string, body?: unknown) =>
  (await server.request(method, path, body)).status;

type Attempt = (size: number) => Promise<number>;

/** A limit, and a request whose size is the number under test. */
const upperLimits: readonly (readonly [what: string, max: number, attempt: Attempt])[] = [
  ['characters of a store description', 128, (n) => statusOf('PATCH', store, { description: text(n) })],
  [
    'matching rules',
    15,
    (n) =>
      putSettings({
        matchingRules: many(n, (at) => types[at % 15] ?? '').map((type, at) =>
          at < 15 ? type : `${type} AND phone`,
        ),
      }),
  ],
  ['characters of an identifier type', 30, (n) => putSettings({ own: [text(n)], matchingRules: ['phone'] })],
  [
    'characters of a matching rule',
    30,
    (n) => putSettings({ own: [text(n - 10)], matchingRules: [`${text(n - 10)} AND phone`] }),
  ],
  ['values that a type keeps', 100, (n) => putSettings({ own: ['own'], matchingRules: ['own'], limit: n })],
  ['fuzzy threshold', 99, (n) => putSettings({ own: ['own'], matchingRules: ['own'], matchingThreshold: n })],
  [
    'characters of an identifier value',
    255,
    (n) => statusOf('POST', `${profile}/Identifiers`, { idType: 'chat', value: text(n) }),
  ],
  ['characters of a group name', 64, (n) => createGroup({ displayName: text(n) })],
  ['characters of a group description', 1024, (n) => createGroup({ description: text(n) })],
  ['characters of a trait name', 64, (n) => createGroup({ traits: { [text(n)]: { dataType: 'STRING' } } })],
  [
    'characters of a trait description',
    1024,
    (n) => createGroup({ traits: { a: { dataType: 'STRING', description: text(n) } } }),
  ],
  [
    'characters of a pattern',
    1000,
    (n) =>
      createGroup({
        traits: { a: { dataType: 'STRING', validationRule: { ruleType: 'STRING', pattern: text(n) } } },
      }),
  ],
  ['characters of a string value', 1024, (n) => patchContact({ city: text(n) })],
  [
    'an integer value',
    2_147_483_647,
    async (n) => {
      await createGroup({ traits: { a: { dataType: 'NUMBER' } } });
      return patchTraits({ Group: { a: n } });
    },
  ],
  [
    'items of an array value',
    100,
    async (n) => {
      await createGroup({ traits: { a: { dataType: 'ARRAY' } } });
      return patchTraits({ Group: { a: many(n, String) } });
    },
  ],
  ['characters of traitGroups', 256, (n) => statusOf('GET', `${profile}?traitGroups=${text(n)}`)],
  [
    'observations in a request',
    10,
    (n) => statusOf('POST', `${profile}/Observations`, { observations: many(n, () => observation()) }),
  ],
  [
    'characters of an observation',
    4096,
    (n) => statusOf('POST', `${profile}/Observations`, { observations: [observation({ content: text(n) })] }),
  ],
  [
    'characters of a source',
    100,
    (n) => statusOf('POST', `${profile}/Observations`, { observations: [observation({ source: text(n) })] }),
  ],
  [
    'conversations of an observation',
    10,
    (n) =>
      statusOf('POST', `${profile}/Observations`, {
        observations: [observation({ conversationIds: many(n, conversationId) })],
      }),
  ],
  [
    'summaries in a request',
    10,
    (n) => statusOf('POST', `${profile}/ConversationSummaries`, { summaries: many(n, () => summary()) }),
  ],
  [
    'characters of a summary',
    4096,
    (n) =>
      statusOf('POST', `${profile}/ConversationSummaries`, { summaries: [summary({ content: text(n) })] }),
  ],
  ['characters of a query', 1024, (n) => statusOf('POST', `${profile}/Recall`, { query: text(n) })],
  ['observations recalled', 100, (n) => statusOf('POST', `${profile}/Recall`, { observationsLimit: n })],
  ['summaries recalled', 100, (n) => statusOf('POST', `${profile}/Recall`, { summariesLimit: n })],
  ['communications recalled', 100, (n) => statusOf('POST', `${profile}/Recall`, { communicationsLimit: n })],
  [
    'characters of an event address',
    320,
    (n) => postEvent({ sender: { address: text(n), participantId: `comms_participant_${'0'.repeat(26)}` } }),
  ],
  ['characters of an event lifecycle', 50, (n) => postEvent({ lifecycle: text(n) })],
  ['characters of an event type', 20, (n) => postEvent({ communicationType: text(n) })],
  ['characters of an event status', 20, (n) => postEvent({ communicationStatus: text(n) })],
  ['characters of an event error code', 10, (n) => postEvent({ errorCode: text(n) })],
  ['characters of an event error message', 512, (n) => postEvent({ errorMessage: text(n) })],
];

const lowerLimits: readonly (readonly [what: string, min: number, attempt: Attempt])[] = [
  ['characters of a store description', 1, (n) => statusOf('PATCH', store, { description: text(n) })],
  ['characters of an identifier type', 2, (n) => putSettings({ own: [text(n)], matchingRules: ['phone'] })],
  ['values that a type keeps', 1, (n) => putSettings({ own: ['own'], matchingRules: ['own'], limit: n })],
  ['fuzzy threshold', 50, (n) => putSettings({ own: ['own'], matchingRules: ['own'], matchingThreshold: n })],
  [
    'observations in a request',
    1,
    (n) => statusOf('POST', `${profile}/Observations`, { observations: many(n, () => observation()) }),
  ],
  [
    'characters of an observation',
    1,
    (n) => statusOf('POST', `${profile}/Observations`, { observations: [observation({ content: text(n) })] }),
  ],
  [
    'summaries in a request',
    1,
    (n) => statusOf('POST', `${profile}/ConversationSummaries`, { summaries: many(n, () => summary()) }),
  ],
  [
    'profiles in a bulk upsert',
    1,
    (n) =>
      statusOf('PUT', `/v1/Stores/${storeId}/Profiles/Bulk`, {
        profiles: many(n, () => ({ traits: { Contact: { email: 'b@example.com' } } })),
      }),
  ],
  ['pageSize', 1, (n) => statusOf('GET', `${profile}/Observations?pageSize=${n}`)],
  ['summaries recalled', 0, (n) => statusOf('POST', `${profile}/Recall`, { summariesLimit: n })],
];

const isTaken = (status: number) => status >= 200 && status < 300;

describe('the limits of the Memory API', () => {
  it.each(upperLimits)('%s: %i and no more', async (_what, max, attempt) => {
    expect(isTaken(await attempt(max))).toBe(true);
    expect(await attempt(max + 1)).toBe(400);
  });

  it.each(lowerLimits)('%s: %i and no less', async (_what, min, attempt) => {
    expect(isTaken(await attempt(min))).toBe(true);
    expect(await attempt(min - 1)).toBe(400);
  });

  it('51 groups are too many for one body', async () => {
    const traits = Object.fromEntries(many(51, (n) => [`g${n}`, { a: 'x' }]));
    expect(await statusOf('PATCH', profile, { traits })).toBe(400);
  });

  it('100 traits of a group are too many for one body', async () => {
    const traits = { Contact: Object.fromEntries(many(100, (n) => [`t${n}`, 'x'])) };
    expect(await server.request('PATCH', profile, { traits })).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('99') },
    });
  });

  it('a page token of 501 characters is too long', async () => {
    expect(await statusOf('GET', `${profile}/Observations?pageToken=${text(501)}`)).toBe(400);
  });

  it.each([
    ['observations', () => `${profile}/Observations`, 50],
    ['profiles', () => `/v1/Stores/${storeId}/Profiles`, 100],
    ['stores', () => '/v1/ControlPlane/Stores', 100],
    ['trait groups', () => `${store}/TraitGroups`, 50],
  ])('pages of %s hold 50 by default and are cut to their maximum', async (_what, path, max) => {
    const pageSize = async (query: string) =>
      ((await server.request('GET', path() + query)).body as { meta: { pageSize: number } }).meta.pageSize;
    expect(await pageSize('')).toBe(50);
    expect(await pageSize('?pageSize=1000')).toBe(max);
  });

  it('a lookup answers 100 profiles at most', async () => {
    await putSettings({ own: ['family'], matchingRules: ['phone'], enforceUnique: false });
    await createGroup({ traits: { family: { dataType: 'STRING', idTypePromotion: 'family' } } });
    const profiles = many(101, (n) => ({
      traits: { Contact: { email: `f${n}@example.com` }, Group: { family: 'Example' } },
    }));
    await server.request('PUT', `/v1/Stores/${storeId}/Profiles/Bulk`, { profiles });
    const found = await client.memory.v1.lookup(storeId).create({ idType: 'family', value: 'Example' });
    expect(found.profiles).toHaveLength(100);
  });
});

describe('the stores of an account', () => {
  it('are 15, and no more', async () => {
    const own = await startServerWithSdk();
    try {
      for (let n = 0; n < 15; n += 1) await createStore(own.client, `store-${n}`);
      await expect(createStore(own.client, 'one-too-many')).rejects.toMatchObject({
        status: 400,
        code: 520044,
      });
    } finally {
      await own.server.stop();
    }
  });
});

/** Fifteen identifier types, the reserved ones among them. */
const types = ['phone', 'email', 'whatsapp', 'chat', ...many(11, (n) => `type_${n}`)];

function putSettings({
  own = types.slice(4),
  matchingRules,
  ...config
}: {
  own?: string[];
  matchingRules: string[];
  [setting: string]: unknown;
}) {
  const identifierConfigs = own.map((idType) => ({ idType, ...config }));
  return statusOf('PUT', `${store}/IdentityResolutionSettings`, { identifierConfigs, matchingRules });
}

function createGroup(members: object): Promise<number> {
  return statusOf('POST', `${store}/TraitGroups`, { displayName: 'Group', ...members });
}

function patchTraits(traits: object): Promise<number> {
  return statusOf('PATCH', profile, { traits });
}

function patchContact(contact: object): Promise<number> {
  return patchTraits({ Contact: contact });
}

function observation(changes: object = {}) {
  return { content: 'x', source: 'test', occurredAt: '2026-01-01T00:00:00Z', ...changes };
}

function summary(changes: object = {}) {
  return { content: 'x', conversationId: conversationId(1), occurredAt: '2026-01-01T00:00:00Z', ...changes };
}

function conversationId(n: number): string {
  return `conv_conversation_${String(n).padStart(26, '0')}`;
}

function postEvent(changes: object): Promise<number> {
  const event = {
    timestamp: '2026-01-01T00:00:00Z',
    lifecycle: 'SENT',
    conversationId: conversationId(1),
    communicationType: 'SMS',
    ...changes,
  };
  return statusOf('POST', `${profile}/Events`, { type: 'twilio-comms-lifecycle', events: [event] });
}
