import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { phoneAndName } from '../support/imports.ts';
import { createOtherAccountAuthorization } from '../support/second-account.ts';

/** A list with what is in it. Items are known by a label: an id or whatever else no other item has. */
interface Filled {
  readonly path: string;
  /** Makes the next item and answers with its label; later ones are newer. */
  add(n: number): Promise<string>;
  /** Labels of what is in the list before the first is added. */
  readonly before?: readonly string[];
  labelsOf(body: never): string[];
  /** Authorization of another account, for the list that is the account's own. */
  readonly authorization?: string;
}

interface List {
  readonly operation: string;
  /** Member of the answer that holds the items. */
  readonly key: string;
  /** Items on a page at most. */
  readonly max: number;
  /** Items to fill it with: one page and one more, where the list can have so many. */
  readonly count: number;
  readonly hasOrder: boolean;
  /** Parameters that choose items, each with a value. */
  readonly filters?: Readonly<Record<string, string>>;
  fill(): Promise<Filled>;
}

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

interface Page {
  readonly labels: readonly string[];
  readonly meta: {
    readonly key: string;
    readonly pageSize: number;
    readonly nextToken?: string;
    readonly previousToken?: string;
  };
}

/** A token of each list, filled by the tests of that list. */
const tokens = new Map<string, { path: string; token: string; authorization: string | undefined }>();

describe.each(lists)('$operation', ({ operation, key, max, count, hasOrder, filters = {}, fill }) => {
  let list: Filled;
  /** Newest first. */
  let labels: string[];

  beforeAll(async () => {
    list = await fill();
    labels = [...(list.before ?? [])].reverse();
    for (let n = 1; n <= count; n += 1) await addOne();
  });

  async function addOne(): Promise<string> {
    const label = await list.add(labels.length - (list.before?.length ?? 0) + 1);
    labels.unshift(label);
    return label;
  }

  async function page(query: string): Promise<Page> {
    const body = await send<{ meta: Page['meta'] }>(
      'GET',
      `${list.path}?${query}`,
      undefined,
      list.authorization,
    );
    expect(body).toHaveProperty(key);
    expect(body.meta.key).toBe(key);
    // Its own reader of a body of its own kind.
    return { labels: list.labelsOf(body as never), meta: body.meta };
  }

  /** All pages, by their tokens; those from a token on when one is given. */
  async function pages(query: string, token = ''): Promise<Page[]> {
    const found = [await page(`${query}&pageToken=${token}`)];
    for (let last = found.at(-1); last?.meta.nextToken; last = found.at(-1))
      found.push(await page(`${query}&pageToken=${last.meta.nextToken}`));
    return found;
  }

  const all = (found: readonly Page[]) => found.flatMap((one) => one.labels);
  const refused = (query: string) =>
    server.request(
      'GET',
      `${list.path}?${query}`,
      undefined,
      list.authorization ? { Authorization: list.authorization } : {},
    );

  it(
    hasOrder
      ? 'is newest first, and oldest first when asked to be'
      : 'is newest first, and knows no other order',
    async () => {
      expect(all(await pages('pageSize=20'))).toEqual(labels);
      expect(all(await pages('pageSize=20&orderBy=DESC'))).toEqual(labels);
      expect(all(await pages('pageSize=20&orderBy=ASC'))).toEqual(hasOrder ? labels.toReversed() : labels);
    },
  );

  it('leads through its pages and back, in either order, with tokens of 500 characters at most', async () => {
    for (const order of hasOrder ? ['DESC', 'ASC'] : ['DESC']) {
      const query = `pageSize=13&orderBy=${order}`;
      const forth = await pages(query);
      expect(forth.length).toBe(Math.ceil(labels.length / 13));
      const back = [forth.at(-1)];
      for (let first = back[0]; first?.meta.previousToken; first = back[0]) {
        expect(first.meta.previousToken.length).toBeLessThanOrEqual(500);
        back.unshift(await page(`${query}&pageToken=${first.meta.previousToken}`));
      }
      expect(back.map((one) => one?.labels)).toEqual(forth.map((one) => one.labels));
      expect(forth[0]?.meta).not.toHaveProperty('previousToken');
      expect(forth.at(-1)?.meta).not.toHaveProperty('nextToken');
      expect(back[0]?.meta).toEqual(forth[0]?.meta);
    }
  });

  it('neither repeats nor skips an item when others arrive between two pages', async () => {
    const before = [...labels];
    const first = await page('pageSize=10');
    const oldest = hasOrder ? await page('pageSize=10&orderBy=ASC') : undefined;
    const arrived = await addOne();
    const second = await page(`pageSize=10&pageToken=${first.meta.nextToken}`);
    expect([...first.labels, ...second.labels]).toEqual(before.slice(0, 20));
    const again = await page(`pageSize=10&pageToken=${second.meta.previousToken}`);
    expect(again.labels).toEqual(first.labels);
    expect((await page(`pageSize=10&pageToken=${again.meta.previousToken}`)).labels).toEqual([arrived]);
    if (!oldest) return;
    const rest = await pages('pageSize=10&orderBy=ASC', oldest.meta.nextToken);
    expect([...oldest.labels, ...all(rest)]).toEqual(labels.toReversed());
  });

  it(`has 50 items on a page by default, and ${max} at most`, async () => {
    const byDefault = await page('');
    expect(byDefault.meta.pageSize).toBe(50);
    expect(byDefault.labels).toEqual(labels.slice(0, 50));
    for (const size of [max, max + 1, 1000, 1001]) {
      const largest = await page(`pageSize=${size}`);
      expect(largest.meta.pageSize).toBe(max);
      expect(largest.labels).toEqual(labels.slice(0, max));
    }
    expect((await page(`pageSize=${max - 1}`)).meta.pageSize).toBe(max - 1);
    expect((await page('pageSize=1')).labels).toEqual(labels.slice(0, 1));
  });

  it.each(['0', '-1', '1.5', 'ten'])('refuses a pageSize of %s with 400', async (size) => {
    expect(await refused(`pageSize=${size}`)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/pageSize' }] },
    });
  });

  it('refuses a token under parameters that contradict it, and what is no token, with 400', async () => {
    const { meta } = await page('pageSize=5');
    tokens.set(operation, {
      path: list.path,
      token: meta.nextToken ?? '',
      authorization: list.authorization,
    });
    const contradictions = Object.entries(filters).map(([name, value]) => `${name}=${value}`);
    if (hasOrder) contradictions.push('orderBy=ASC');
    for (const contradiction of contradictions) {
      const reply = await refused(`pageToken=${meta.nextToken}&${contradiction}`);
      expect(reply, contradiction).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/pageToken' }] },
      });
    }
    expect((await refused(`pageToken=x${meta.nextToken}`)).status).toBe(400);
    expect((await refused('pageToken=x')).status).toBe(400);
  });

  it('shows nothing to another account', async () => {
    const Authorization = await createOtherAccountAuthorization(server);
    const reply = await server.request('GET', list.path, undefined, { Authorization });
    if (operation === 'ListStores') expect(reply.body).toMatchObject({ stores: [] });
    else expect(reply).toMatchObject({ status: 404, body: { code: 520041 } });
  });
});

describe('every list of the Memory API', () => {
  it('is tested here, with all of its filters', async () => {
    const described = await describedLists();
    const tested = lists.map(({ operation, hasOrder, filters = {} }) => ({
      operation,
      parameters: [
        ...['pageSize', 'pageToken'],
        ...(hasOrder ? ['orderBy'] : []),
        ...Object.keys(filters),
      ].sort(),
    }));
    const byName = (one: { operation: string }, other: { operation: string }) =>
      one.operation < other.operation ? -1 : 1;
    expect(described.toSorted(byName)).toEqual(tested.toSorted(byName));
  });

  it('refuses the tokens of all others', async () => {
    expect(tokens.size).toBe(lists.length);
    for (const [operation, { path, authorization }] of tokens) {
      for (const [origin, { token }] of tokens) {
        const headers = authorization === undefined ? {} : { Authorization: authorization };
        const reply = await server.request('GET', `${path}?pageToken=${token}`, undefined, headers);
        expect(reply.status, `a token of ${origin} for ${operation}`).toBe(origin === operation ? 200 : 400);
      }
    }
  });
});

interface Described {
  readonly paths: Readonly<Record<string, { readonly get?: DescribedOperation }>>;
}
interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, object>> }>>;
}

/** Operations of the server's own document that answer in pages, with the parameters that choose and order items. */
async function describedLists(): Promise<{ operation: string; parameters: string[] }[]> {
  const { paths }: Described = await send('GET', '/openapi.json');
  return Object.entries(paths).flatMap(([path, { get }]) => {
    if (!get || path.startsWith('/v2/') || !JSON.stringify(get.responses['200']).includes('"nextToken"'))
      return [];
    const parameters = (get.parameters ?? [])
      .filter((parameter) => parameter.in === 'query' && parameter.name !== 'includeTraits')
      .map(({ name }) => name);
    return [{ operation: get.operationId, parameters: parameters.sort() }];
  });
}
