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
const messageOf = async (method: string, path: string, body?: unknown) =>
  ((await server.request(method, path, body)).body as { message: string }).message;

type Attempt = (size: number) => Promise<number>;

/** A limit, and a request whose size is the number under test. */
const upperLimits: readonly (readonly [what: string, max: number, attempt: Attempt])[] = [
  ['characters of a store name', 256, (n) => statusOf('PATCH', store, { displayName: text(n) })],
  ['characters of a store description', 128, (n) => statusOf('PATCH', store, { description: text(n) })],
  [
    'identifier types, with the reserved ones',
    15,
    (n) => putSettings({ own: many(n - 4, (at) => `type_${at}`), matchingRules: ['phone'] }),
  ],
  [
    'identifier types in a body',
    15,
    (n) => {
      const own = [...types.slice(0, 4), ...many(n - 4, (at) => `type_${at}`)];
      const identifierConfigs = own.map((idType) => ({ idType }));
      return statusOf('PUT', `${store}/IdentityResolutionSettings`, {
        identifierConfigs,
        matchingRules: ['phone'],
      });
    },
  ],
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
    'characters of traitGroups of a list',
    256,
    (n) => statusOf('GET', `${profile}/Traits?traitGroups=${text(n)}`),
  ],
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
  [
    'characters of the source of a summary',
    100,
    (n) =>
      statusOf('POST', `${profile}/ConversationSummaries`, { summaries: [summary({ source: text(n) })] }),
  ],
  ['characters of a query', 1024, (n) => statusOf('POST', `${profile}/Recall`, { query: text(n) })],
  ['observations recalled', 100, (n) => statusOf('POST', `${profile}/Recall`, { observationsLimit: n })],
  ['summaries recalled', 100, (n) => statusOf('POST', `${profile}/Recall`, { summariesLimit: n })],
  ['communications recalled', 100, (n) => statusOf('POST', `${profile}/Recall`, { communicationsLimit: n })],
  ['relevance threshold', 1, (n) => statusOf('POST', `${profile}/Recall`, { relevanceThreshold: n })],
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
  [
    'identifier types in a body',
    1,
    (n) => putSettings({ own: many(n, () => 'own'), matchingRules: ['phone'] }),
  ],
  ['matching rules', 1, (n) => putSettings({ own: ['own'], matchingRules: many(n, () => 'own') })],
  ['characters of an identifier type', 2, (n) => putSettings({ own: [text(n)], matchingRules: ['phone'] })],
  ['characters of a group name', 1, (n) => createGroup({ displayName: text(n) })],
  ['characters of a trait name', 1, (n) => createGroup({ traits: { [text(n)]: { dataType: 'STRING' } } })],
  ['least characters of a rule', 0, (n) => createRule('STRING', { minLength: n })],
  ['most characters of a rule', 1, (n) => createRule('STRING', { maxLength: n })],
  ['least items of a rule', 0, (n) => createRule('ARRAY', { minItems: n })],
  ['most items of a rule', 0, (n) => createRule('ARRAY', { maxItems: n })],
  [
    'an integer value',
    -2_147_483_648,
    async (n) => {
      await createGroup({ traits: { a: { dataType: 'NUMBER' } } });
      return patchTraits({ Group: { a: n } });
    },
  ],
  ['characters of traitGroups', 1, (n) => statusOf('GET', `${profile}?traitGroups=${text(n)}`)],
  [
    'characters of traitGroups of a list',
    1,
    (n) => statusOf('GET', `${profile}/Traits?traitGroups=${text(n)}`),
  ],
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
    'characters of a source',
    1,
    (n) => statusOf('POST', `${profile}/Observations`, { observations: [observation({ source: text(n) })] }),
  ],
  [
    'summaries in a request',
    1,
    (n) => statusOf('POST', `${profile}/ConversationSummaries`, { summaries: many(n, () => summary()) }),
  ],
  [
    'characters of a summary',
    1,
    (n) =>
      statusOf('POST', `${profile}/ConversationSummaries`, { summaries: [summary({ content: text(n) })] }),
  ],
  [
    'profiles in a bulk upsert',
    1,
    (n) =>
      statusOf('PUT', `/v1/Stores/${storeId}/Profiles/Bulk`, {
        profiles: many(n, () => ({ traits: { Contact: { email: 'b@example.com' } } })),
      }),
  ],
  ['observations recalled', 0, (n) => statusOf('POST', `${profile}/Recall`, { observationsLimit: n })],
  ['communications recalled', 0, (n) => statusOf('POST', `${profile}/Recall`, { communicationsLimit: n })],
  ['relevance threshold', 0, (n) => statusOf('POST', `${profile}/Recall`, { relevanceThreshold: n })],
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

  it('characters are counted, not bytes', async () => {
    const faces = '\u{1F600}'.repeat(4096);
    const post = (content: string) =>
      statusOf('POST', `${profile}/Observations`, { observations: [observation({ content })] });
    expect(isTaken(await post(faces))).toBe(true);
    expect(await post(`${faces}!`)).toBe(400);
    const identify = (value: string) => statusOf('POST', `${profile}/Identifiers`, { idType: 'chat', value });
    expect(isTaken(await identify('\u{1F600}'.repeat(255)))).toBe(true);
    expect(await identify('\u{1F600}'.repeat(256))).toBe(400);
    expect(isTaken(await patchContact({ city: '\u{1F600}'.repeat(1024) }))).toBe(true);
    expect(await patchContact({ city: '\u{1F600}'.repeat(1025) })).toBe(400);
  });

  it('numbers are those that JSON can write: 1e400 is none of them', async () => {
    await createGroup({ traits: { n: { dataType: 'NUMBER' }, a: { dataType: 'ARRAY' } } });
    const patch = (value: string) => statusOf('PATCH', profile, `{"traits":{"Group":${value}}}`);
    expect([await patch('{"n":1e400}'), await patch('{"a":[1,-1e400]}')]).toEqual([400, 400]);
    expect([await patch('{"n":1.5e-300}'), await patch('{"a":[1,1e300]}')]).toEqual([202, 202]);
    const rule = (bounds: string) =>
      statusOf(
        'PATCH',
        `${store}/TraitGroups/Group`,
        `{"traits":{"n":{"dataType":"NUMBER","validationRule":{"ruleType":"NUMBER",${bounds}}}}}`,
      );
    expect([await rule('"max":1e400'), await rule('"max":1e300')]).toEqual([400, 202]);
  });

  it('50 groups fit into one body, and 51 are too many', async () => {
    const names = many(49, (n) => `g${n}`);
    for (const displayName of names)
      await createGroup({ displayName, traits: { a: { dataType: 'STRING' } } });
    const traits = { Contact: { city: 'x' }, ...Object.fromEntries(names.map((name) => [name, { a: 'x' }])) };
    expect(isTaken(await patchTraits(traits))).toBe(true);
    expect(await messageOf('PATCH', profile, { traits: { ...traits, another: { a: 'x' } } })).toBe(
      'traits: must NOT have more than 50 properties',
    );
  });

  it('99 traits of a group fit into one body, though a group has 95 at most, and 100 are too many', async () => {
    const traits = (count: number) => ({ Contact: Object.fromEntries(many(count, (n) => [`t${n}`, 'x'])) });
    expect(await messageOf('PATCH', profile, { traits: traits(99) })).toBe(
      'traits.Contact.t0: is not defined in the trait group Contact',
    );
    expect(await messageOf('PATCH', profile, { traits: traits(100) })).toBe(
      'traits.Contact: must NOT have more than 99 properties',
    );
  });

  it('idTypePromotion has 30 characters, and no more', async () => {
    await putSettings({ own: [text(30)], matchingRules: ['phone'] });
    const traits = (length: number) => ({ a: { dataType: 'STRING', idTypePromotion: text(length) } });
    expect(isTaken(await createGroup({ traits: traits(30) }))).toBe(true);
    expect(await messageOf('POST', `${store}/TraitGroups`, { displayName: 'B', traits: traits(31) })).toBe(
      'traits.a.idTypePromotion: must NOT have more than 30 characters',
    );
  });

  it('a type keeps 100 values of a profile by default; past them the oldest goes', async () => {
    const add = (n: number) => statusOf('POST', `${profile}/Identifiers`, { idType: 'chat', value: `c${n}` });
    const values = async () =>
      ((await server.request('GET', `${profile}/Identifiers/chat`)).body as { values: string[] }).values;
    for (let n = 1; n <= 100; n += 1) await add(n);
    expect(await values()).toEqual(many(100, (n) => `c${n + 1}`));
    await add(101);
    expect(await values()).toEqual(many(100, (n) => `c${n + 2}`));
  });

  it('a page token has 500 characters, and no more', async () => {
    const answer = (length: number) => messageOf('GET', `${profile}/Observations?pageToken=${text(length)}`);
    expect(await answer(500)).toBe('pageToken: is not a token of this list with these parameters');
    expect(await answer(501)).toBe('pageToken: must NOT have more than 500 characters');
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

describe('what the Memory API answers', () => {
  const longest = text(64);

  it.each([
    ['a store', () => store],
    ['identity settings', () => `${store}/IdentityResolutionSettings`],
    ['a trait group', () => `${store}/TraitGroups/${longest}`],
    ['a data mapping', () => `${store}/DataMappings/${mappingId}`],
  ])('has ETags of 100 characters at most, so that If-Match can hold them: %s', async (_what, path) => {
    await createGroup({ displayName: longest, traits: { a: { dataType: 'STRING' } } });
    mappingId = await createMapping(longest);
    const tag = (await server.request('GET', path())).headers.get('ETag') ?? '';
    expect(tag).toMatch(/^"[\w-]{1,98}"$/);
  });

  it('has another ETag for a trait group that was deleted and made again', async () => {
    const tag = async () => (await server.request('GET', `${store}/TraitGroups/Group`)).headers.get('ETag');
    await createGroup({});
    const before = await tag();
    await server.request('DELETE', `${store}/TraitGroups/Group`);
    await server.advance(1);
    await createGroup({});
    expect(await tag()).not.toBe(before);
  });

  it('keeps to the lengths of operations, of the longest name too', async () => {
    const { headers, body } = await server.request('POST', `${store}/TraitGroups`, { displayName: longest });
    const { message, statusUrl } = body as { message: string; statusUrl: string };
    expect(message.length).toBeLessThanOrEqual(255);
    for (const url of [statusUrl, headers.get('Location') ?? '', headers.get('Operation-Id') ?? ''])
      expect(url.length).toBeLessThanOrEqual(512);
    const operation = await server.request('GET', new URL(statusUrl).pathname);
    expect(operation.body).toMatchObject({ result: { id: longest } });
  });

  it('cuts what it says of an error to 1024 characters', async () => {
    const { body } = await server.request('PATCH', profile, { traits: { [text(5000)]: { a: 'x' } } });
    const { message, detail, title } = body as { message: string; detail: string; title: string };
    expect([message.length, detail.length]).toEqual([1024, 1024]);
    expect(title.length).toBeLessThanOrEqual(128);
  });

  it('takes 1000 events of which every text is as long as it may be', async () => {
    const party = { address: text(320), participantId: `comms_participant_${'0'.repeat(26)}` };
    const event = {
      timestamp: '2026-01-01T00:00:00Z',
      lifecycle: text(50),
      conversationId: conversationId(1),
      communicationId: `comms_communication_${'0'.repeat(26)}`,
      communicationType: text(20),
      communicationStatus: text(20),
      sender: party,
      recipient: party,
      errorCode: text(10),
      errorMessage: text(512),
    };
    const events = many(1000, () => event);
    expect(
      isTaken(await statusOf('POST', `${profile}/Events`, { type: 'twilio-comms-lifecycle', events })),
    ).toBe(true);
  });
});

let mappingId: string;

async function createMapping(traitGroup: string): Promise<string> {
  const mappingFrom = { type: 'INGRESS', columns: ['a'] };
  const mappingTo = { type: 'TRAITS', mappings: [{ expression: 'a', traitGroup, traitName: 'a' }] };
  await server.request('POST', `${store}/DataMappings`, { displayName: 'a', mappingFrom, mappingTo });
  const { body } = await server.request('GET', `${store}/DataMappings`);
  return (body as { dataMappings: [{ id: string }] }).dataMappings[0].id;
}

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

function createRule(ruleType: string, bounds: object): Promise<number> {
  return createGroup({ traits: { a: { dataType: ruleType, validationRule: { ruleType, ...bounds } } } });
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
