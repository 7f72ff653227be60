import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { phoneAndName } from '../support/imports.ts';
import { createStore, finishedResultId, type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { createOtherAccountAuthorization } from '../support/second-account.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;
/** A store that is still being made. This server makes stores at once; one made by another version may be found like that. */
let unfinishedStoreId: string;
let groupCount = 0;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({ env: { RAPPORT_STORES_MAX: '3' } }));
  storeId = await createStore(client, 'taken');
  unfinishedStoreId = await createStore(client, 'unfinished');
  await createStore(client, 'last');
  await setStatus(unfinishedStoreId, 'PROVISIONING');
  await memory().dataMappings(storeId).create(mapping('taken'));
});
afterAll(() => server.stop());

const memory = () => client.memory.v1;

async function setStatus(id: string, status: 'PROVISIONING' | 'ACTIVE' | 'FAILED'): Promise<void> {
  await server.context.db.transaction(async (tx) => {
    await tx.updateTable('stores').set({ status }).where('id', '=', id).execute();
  });
}

const mapping = (displayName: string) =>
  ({
    displayName,
    mappingFrom: { type: 'INGRESS', columns: ['mail'] },
    mappingTo: {
      type: 'TRAITS',
      mappings: [{ expression: 'mail', traitGroup: 'Contact', traitName: 'email' }],
    },
    // The SDK's types ask for class instances; it sends plain objects just as well.
  }) as never;

const traits = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, { dataType: 'STRING' }]));
const createGroup = (displayName: string, count = 1) =>
  memory()
    .traitGroups(storeId)
    .create({ displayName, traits: traits(count) } as never);

async function fillWithGroups(): Promise<void> {
  for (; groupCount < 49; groupCount += 1) await createGroup(`group-${groupCount}`);
}

const unknown = (prefix: string) => `${prefix}_${'0'.repeat(26)}`;

type Attempt = () => Promise<unknown>;

/** Every code that is the Memory API's own, and a call that gets it. */
const codes: readonly (readonly [code: number, status: number, what: string, attempt: Attempt])[] = [
  [520041, 404, 'an unknown store', () => memory().stores(unknown('mem_store')).fetch()],
  [
    520042,
    400,
    'a store that could not be made',
    async () => {
      await setStatus(unfinishedStoreId, 'FAILED');
      await memory()
        .profiles(unfinishedStoreId)
        .list()
        .finally(() => setStatus(unfinishedStoreId, 'PROVISIONING'));
    },
  ],
  [520042, 503, 'a store that is not active', () => memory().profiles(unfinishedStoreId).list()],
  [
    520043,
    412,
    'a tag of another version',
    () =>
      memory()
        .stores(storeId)
        .patch({ description: 'x' }, { 'If-Match': '"x"' } as never),
  ],
  [520044, 400, 'one store too many', () => createStore(client, 'too-many')],
  [520045, 409, 'the name of another store', () => createStore(client, 'taken')],
  [520046, 400, 'a name with a space', () => createGroup('a group')],
  [520047, 404, 'an unknown trait group', () => memory().traitGroups(storeId, 'Nothing').fetch()],
  [
    520048,
    404,
    'an unknown data mapping',
    () => memory().dataMappings(storeId, unknown('mem_datamapping')).fetch(),
  ],
  [520049, 400, 'what is no store ID', () => memory().stores('nonsense').fetch()],
  [520050, 409, 'the end of a protected group', () => memory().traitGroups(storeId, 'Contact').remove()],
  [520051, 400, 'what is no operation ID', () => memory().operations('nonsense').fetch()],
  [520053, 400, 'one group too many', () => fillWithGroups().then(() => createGroup('too-many'))],
  [
    520054,
    400,
    'one trait too many',
    () =>
      memory()
        .traitGroups(storeId, 'Contact')
        .patch({ traits: traits(85) } as never),
  ],
  [520055, 409, 'the name of another group', () => createGroup('Contact')],
  [
    520056,
    409,
    'the name of another data mapping',
    () => memory().dataMappings(storeId).create(mapping('taken')),
  ],
];

describe('the codes of the Memory API', () => {
  it.each(codes)('%i with status %i is the answer to %s', async (code, status, _what, attempt) => {
    await expect(attempt()).rejects.toMatchObject({ code, status });
  });

  it('are all of those that docs/errors.md has', () => {
    const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `\w+` \| (\d{3}) \| .*?\b(5200\d\d)\b/gm)];
    const documented = rows.map(([, status, code]) => [Number(code), Number(status)]);
    expect(documented.toSorted()).toEqual(codes.map(([code, status]) => [code, status]).toSorted());
  });
});

interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  readonly isDataPlane: boolean;
}

/** Bodies that operations accept; those that are not here need none. */
const occurredAt = '2026-01-01T00:00:00Z';
const conversationId = unknown('conv_conversation');
const profile = { traits: { Contact: { email: 'e@example.com' } } };
const bodies: Readonly<Record<string, object>> = {
  PatchStore: { description: 'x' },
  UpdateIdentityResolutionSettings: { identifierConfigs: [{ idType: 'own' }], matchingRules: ['own'] },
  CreateTraitGroup: { displayName: 'Fresh' },
  PatchTraitGroup: { description: 'x' },
  CreateDataMapping: mapping('fresh'),
  PatchDataMapping: { description: 'x' },
  CreateProfile: profile,
  PatchProfileTraits: profile,
  CreateProfilesLookup: { idType: 'email', value: 'e@example.com' },
  UpdateProfilesBulk: { profiles: [profile] },
  CreateProfilesImportV2: { filename: 'a.csv', fileSize: 10, columnMappings: phoneAndName },
  CreateProfileIdentifier: { idType: 'email', value: 'f@example.com' },
  PatchProfileIdentifier: { idType: 'email', oldValue: 'e@example.com', newValue: 'g@example.com' },
  CreateProfileEvents: { type: 'twilio-comms-lifecycle', events: [] },
  CreateProfileObservation: { observations: [{ content: 'x', source: 'x', occurredAt }] },
  PatchProfileObservation: { content: 'x' },
  CreateProfileConversationSummary: { summaries: [{ content: 'x', conversationId, occurredAt }] },
  PatchProfileConversationSummary: { content: 'x' },
  CreateFetchProfileMemory: {},
};

/** What an unknown resource of each kind is answered with, by the parameter that names it, in the order of paths. */
const kinds = [
  { parameter: 'storeId', malformed: 520049, missing: 520041, unknown: unknown('mem_store') },
  { parameter: 'traitGroupName', malformed: undefined, missing: 520047, unknown: 'Nothing' },
  { parameter: 'dataMappingId', malformed: 520046, missing: 520048, unknown: unknown('mem_datamapping') },
  { parameter: 'profileId', malformed: 400, missing: 20404, unknown: unknown('mem_profile') },
  { parameter: 'importId', malformed: 400, missing: 20404, unknown: unknown('mem_import') },
  { parameter: 'idType', malformed: 400, missing: 20404, unknown: 'chat' },
  { parameter: 'observationId', malformed: 400, missing: 20404, unknown: unknown('mem_observation') },
  { parameter: 'summaryId', malformed: 400, missing: 20404, unknown: unknown('mem_summary') },
] as const;

describe('every operation below a store', () => {
  const ids: Record<string, string> = {};
  let operations: readonly Operation[];

  beforeAll(async () => {
    operations = await describedOperations();
    await setStatus(unfinishedStoreId, 'ACTIVE');
    ids['storeId'] = unfinishedStoreId;
    ids['traitGroupName'] = 'Contact';
    ids['idType'] = 'email';
    await fill(unfinishedStoreId);
    await setStatus(unfinishedStoreId, 'PROVISIONING');
  });

  async function fill(id: string): Promise<void> {
    const accepted = await memory().dataMappings(id).create(mapping('there'));
    ids['dataMappingId'] = await finishedResultId(client, accepted.statusUrl);
    const { id: profileId = '' } = await memory().profiles(id).create(profile);
    ids['profileId'] = profileId;
    const created = await memory()
      .imports(id)
      .create(bodies['CreateProfilesImportV2'] as never);
    ids['importId'] = created.importId ?? '';
    await memory()
      .observations(id, profileId)
      .create(bodies['CreateProfileObservation'] as never);
    ids['observationId'] = (await memory().observations(id, profileId).list())[0]?.id ?? '';
    await memory()
      .conversationSummaries(id, profileId)
      .create(bodies['CreateProfileConversationSummary'] as never);
    ids['summaryId'] = (await memory().conversationSummaries(id, profileId).list())[0]?.id ?? '';
  }

  const pathOf = (path: string, changes: Readonly<Record<string, string>> = {}) =>
    path.replace(/\{(\w+)\}/g, (_, name: string) => changes[name] ?? ids[name] ?? '');

  function send(
    { operationId, method, path }: Operation,
    changes: Readonly<Record<string, string>>,
    headers?: Record<string, string>,
  ) {
    return server.request(method, pathOf(path, changes), bodies[operationId], headers);
  }

  it('is known here, with a body when it needs one', () => {
    const withBody = operations.filter(({ hasBody }) => hasBody).map(({ operationId }) => operationId);
    expect(withBody.toSorted()).toEqual(Object.keys(bodies).toSorted());
    const named = operations.flatMap(({ path }) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    expect([...new Set(named)].toSorted()).toEqual(kinds.map(({ parameter }) => parameter).toSorted());
  });

  it.each(kinds)('refuses a malformed $parameter with 400', async ({ parameter, malformed }) => {
    for (const operation of operations.filter(({ path }) => path.includes(`{${parameter}}`))) {
      // Names of trait groups are free, but for their length.
      const value = malformed === undefined ? 'x'.repeat(65) : 'x';
      const reply = await send(operation, { [parameter]: value });
      expect(reply, operation.operationId).toMatchObject({
        status: 400,
        body: { code: malformed ?? 520046, errors: [{ pointer: `/${parameter}` }] },
      });
    }
  });

  it.each(kinds)('answers 404 and code $missing for an unknown $parameter', async (kind) => {
    await setStatus(unfinishedStoreId, 'ACTIVE');
    for (const operation of operations.filter(({ path }) => path.includes(`{${kind.parameter}}`))) {
      const isOther = kind.parameter === 'idType' && operation.method === 'PATCH';
      const body = isOther ? { idType: 'chat', oldValue: 'a', newValue: 'b' } : bodies[operation.operationId];
      const path = pathOf(operation.path, { [kind.parameter]: kind.unknown });
      const reply = await server.request(operation.method, path, body);
      expect(reply, operation.operationId).toMatchObject({ status: 404, body: { code: kind.missing } });
    }
    await setStatus(unfinishedStoreId, 'PROVISIONING');
  });

  it('answers 404 and code 520041 to another account', async () => {
    const Authorization = await createOtherAccountAuthorization(server);
    for (const operation of operations) {
      expect(await send(operation, {}, { Authorization }), operation.operationId).toMatchObject({
        status: 404,
        body: { code: 520041 },
      });
    }
  });

  it('answers 503 and code 520042 in the data plane while the store is not active', async () => {
    for (const operation of operations.filter(({ isDataPlane }) => isDataPlane)) {
      const reply = await send(operation, {});
      expect(reply, operation.operationId).toMatchObject({ status: 503, body: { code: 520042 } });
      expect(reply.headers.get('Retry-After')).toMatch(/^\d+$/);
    }
  });

  it('answers 400 and code 520042 where the store could not be made, since it never will be', async () => {
    await setStatus(unfinishedStoreId, 'FAILED');
    for (const operation of operations.filter(({ isDataPlane }) => isDataPlane)) {
      const reply = await send(operation, {});
      expect(reply, operation.operationId).toMatchObject({ status: 400, body: { code: 520042 } });
      expect(reply.headers.get('Retry-After')).toBeNull();
    }
    await setStatus(unfinishedStoreId, 'PROVISIONING');
  });

  it('reads the control plane while the store is not active', async () => {
    const reads = operations.filter(({ isDataPlane, method }) => !isDataPlane && method === 'GET');
    expect(reads).toHaveLength(6);
    for (const operation of reads)
      expect((await send(operation, {})).status, operation.operationId).toBe(200);
    expect(await memory().stores.list()).toContain(unfinishedStoreId);
  });

  it('answers 405 and code 20004 to any other method, with those that there are in Allow', async () => {
    const methods = Map.groupBy(operations, ({ path }) => path);
    for (const [path, there] of methods) {
      const allowed = there.map(({ method }) => method);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
        if (allowed.includes(method)) continue;
        const reply = await server.request(method, pathOf(path));
        expect(reply, `${method} ${path}`).toMatchObject({ status: 405, body: { code: 20004 } });
        expect(reply.headers.get('Allow')?.split(', ').toSorted()).toEqual(allowed.toSorted());
      }
      const below = await server.request('GET', `${pathOf(path)}/nothing/here`);
      expect(below, path).toMatchObject({ status: 404, body: { code: 20404 } });
    }
  });
});

/** Reads of a merged profile that redirect: their answers have no header for the survivor. */
const redirectedReads = ['ListProfileIdentifiers', 'FetchProfileIdentifier'];

describe('every operation of a profile that was merged into another', () => {
  const changes: Record<string, string> = { idType: 'email' };
  let survivorId: string;

  beforeAll(async () => {
    const create = async (contact: object) =>
      (
        await memory()
          .profiles(storeId)
          .create({ traits: { Contact: contact } } as never)
      ).id ?? '';
    survivorId = await create({ chat: 'survivor' });
    const mergedId = await create({ email: 'e@example.com' });
    await memory()
      .observations(storeId, mergedId)
      .create(bodies['CreateProfileObservation'] as never);
    await memory()
      .conversationSummaries(storeId, mergedId)
      .create(bodies['CreateProfileConversationSummary'] as never);
    await create({ chat: 'survivor', email: 'e@example.com' });
    const [observation] = await memory().observations(storeId, survivorId).list();
    const [summary] = await memory().conversationSummaries(storeId, survivorId).list();
    Object.assign(changes, {
      storeId,
      profileId: mergedId,
      observationId: observation?.id,
      summaryId: summary?.id,
    });
  });

  it('answers for the survivor where it reads, and leads to it where it writes', async () => {
    const operations = (await describedOperations()).filter(({ path }) => path.includes('{profileId}'));
    expect(operations.length).toBeGreaterThan(20);
    for (const { operationId, method, path } of operations) {
      const url = path.replace(/\{(\w+)\}/g, (_, name: string) => changes[name] ?? '');
      const reply = await server.request(method, `${url}?removeAll=true`, bodies[operationId]);
      const isRead = method === 'GET' || operationId === 'CreateFetchProfileMemory';
      const isRedirected = !isRead || redirectedReads.includes(operationId);
      expect(reply.status, operationId).toBe(isRedirected ? (isRead ? 301 : 308) : 200);
      expect(reply.headers.get('Canonical-Profile-Id'), operationId).toBe(survivorId);
      if (!isRedirected) continue;
      const uri = `${server.url}${url.replace(changes['profileId'] ?? '', survivorId)}?removeAll=true`;
      expect(reply.body, operationId).toEqual({ message: expect.any(String), uri });
      expect(reply.headers.get('Location'), operationId).toBe(uri);
    }
  });
});

/** Operations of the Memory API below a store, by the server's own document. */
async function describedOperations(): Promise<Operation[]> {
  const { body } = await server.request('GET', '/openapi.json');
  type Described = { operationId: string; requestBody?: object };
  const { paths } = body as { paths: Record<string, Record<string, Described>> };
  return Object.entries(paths).flatMap(([path, item]) =>
    path.startsWith('/v1/') && path.includes('{storeId}')
      ? Object.entries(item).map(([method, { operationId, requestBody }]) => ({
          operationId,
          method: method.toUpperCase(),
          path,
          hasBody: requestBody !== undefined,
          isDataPlane: path.startsWith('/v1/Stores/'),
        }))
      : [],
  );
}
