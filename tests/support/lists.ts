import { beforeAll, describe, expect, it } from 'vitest';
import type { TestReply, TestServer } from '../../src/testing/index.ts';
import { createOtherAccountAuthorization } from './second-account.ts';

/** A list with what is in it. Items are known by a label: an id or whatever else no other item has. */
export interface Filled {
  readonly path: string;
  /** Makes the next item and answers with its label; later ones are newer. */
  add(n: number): Promise<string>;
  /** Makes many more items quickly, for lists with large pages; answers with their labels, oldest first. */
  addMany?(count: number): Promise<string[]>;
  /** Labels of what is in the list before the first is added. */
  readonly before?: readonly string[];
  labelsOf(body: never): string[];
  /** Authorization of another account, for the list that is the account's own. */
  readonly authorization?: string;
}

export interface List {
  readonly operation: string;
  /** Member of the answer that holds the items. */
  readonly key: string;
  /** Items on a page at most. */
  readonly max: number;
  /** Items to fill it with: one page and one more where that is not too many, and the list can have so many. */
  readonly count: number;
  readonly hasOrder: boolean;
  /** Parameters that choose items, each with a value. */
  readonly filters?: Readonly<Record<string, string>>;
  fill(): Promise<Filled>;
}

/** What all lists of an API have in common. */
export interface ListDialect {
  /** Name of the API. */
  readonly api: string;
  server(): TestServer;
  /** Whether a path of the server's document is one of the API. */
  includes(path: string): boolean;
  /** What `meta.pageSize` says: the size in effect, or the number of items on the page. */
  readonly pageSize: 'inEffect' | 'onPage';
  /** The body of the 400 for a parameter. */
  refusal(parameter: string): object;
  /** The code of the 404 for the list of another account. */
  readonly notFoundCode: number;
}

interface Page {
  readonly labels: readonly string[];
  readonly meta: {
    readonly key: string;
    readonly pageSize: number;
    readonly nextToken?: string;
    readonly previousToken?: string;
  };
}

const pageSizeDefault = 50;
const tokenLengthMax = 500;

/**
 * What is true of every list: its order, its pages and their tokens, what it refuses, and to whom it belongs. Fails for a list
 * that the server has and the table has not.
 */
export function describeLists(lists: readonly List[], dialect: ListDialect): void {
  const tokens: Token[] = [];
  describe.each(lists)('$operation', (list) => describeList(list, dialect, tokens));

  describe(`every list of the ${dialect.api}`, () => {
    it('is tested here, with all of its filters', async () => {
      const described = await describedLists(dialect);
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
      expect(tokens).toHaveLength(lists.length);
      for (const { operation, filled } of tokens) {
        for (const { operation: origin, token } of tokens) {
          const reply = await get(dialect, filled, `pageToken=${token}`);
          expect(reply.status, `a token of ${origin} for ${operation}`).toBe(
            origin === operation ? 200 : 400,
          );
        }
      }
    });
  });
}

/** A token of a list, for the others to refuse. */
interface Token {
  readonly operation: string;
  readonly filled: Filled;
  readonly token: string;
}

function get(dialect: ListDialect, { path, authorization }: Filled, query: string): Promise<TestReply> {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return dialect.server().request('GET', `${path}?${query}`, undefined, headers);
}

function describeList(
  { operation, key, max, count, hasOrder, filters = {}, fill }: List,
  dialect: ListDialect,
  tokens: Token[],
): void {
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
    const reply = await get(dialect, list, query);
    expect(reply.status, query).toBe(200);
    expect(reply.body).toHaveProperty(key);
    const { meta } = reply.body as Pick<Page, 'meta'>;
    expect(meta.key).toBe(key);
    // Its own reader of a body of its own kind.
    return { labels: list.labelsOf(reply.body as never), meta };
  }

  /** All pages, by their tokens; those from a token on when one is given. */
  async function pages(query: string, token = ''): Promise<Page[]> {
    const found = [await page(`${query}&pageToken=${token}`)];
    for (let last = found.at(-1); last?.meta.nextToken; last = found.at(-1))
      found.push(await page(`${query}&pageToken=${last.meta.nextToken}`));
    return found;
  }

  const all = (found: readonly Page[]) => found.flatMap((one) => one.labels);
  const sizeOf = (size: number) => (dialect.pageSize === 'inEffect' ? size : Math.min(size, labels.length));

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
        expect(first.meta.previousToken).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(first.meta.previousToken.length).toBeLessThanOrEqual(tokenLengthMax);
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
    expect(byDefault.meta.pageSize).toBe(sizeOf(pageSizeDefault));
    expect(byDefault.labels).toEqual(labels.slice(0, pageSizeDefault));
    const missing = max + 1 - labels.length;
    if (list.addMany && missing > 0) labels.unshift(...(await list.addMany(missing)).toReversed());
    for (const size of [max, max + 1, 1000, 1001]) {
      const largest = await page(`pageSize=${size}`);
      expect(largest.meta.pageSize).toBe(sizeOf(max));
      expect(largest.labels).toEqual(labels.slice(0, max));
    }
    expect((await page(`pageSize=${max - 1}`)).meta.pageSize).toBe(sizeOf(max - 1));
    expect((await page('pageSize=1')).labels).toEqual(labels.slice(0, 1));
  });

  it.each(['0', '-1', '1.5', 'ten'])('refuses a pageSize of %s with 400', async (size) => {
    expect(await get(dialect, list, `pageSize=${size}`)).toMatchObject({
      status: 400,
      body: dialect.refusal('pageSize'),
    });
  });

  it('refuses a token under parameters that contradict it, and what is no token, with 400', async () => {
    const { meta } = await page('pageSize=5');
    const { nextToken: token = '' } = meta;
    tokens.push({ operation, filled: list, token });
    const contradictions = Object.entries(filters).map(([name, value]) => `${name}=${value}`);
    if (hasOrder) contradictions.push('orderBy=ASC');
    for (const contradiction of contradictions) {
      const reply = await get(dialect, list, `pageToken=${token}&${contradiction}`);
      expect(reply, contradiction).toMatchObject({ status: 400, body: dialect.refusal('pageToken') });
    }
    for (const wrong of [`x${token}`, 'x'])
      expect((await get(dialect, list, `pageToken=${wrong}`)).status).toBe(400);
  });

  it('shows nothing to another account', async () => {
    const authorization = await createOtherAccountAuthorization(dialect.server());
    const reply = await get(dialect, { ...list, authorization }, '');
    if (list.authorization) expect(reply).toMatchObject({ status: 200, body: { [key]: [] } });
    else expect(reply).toMatchObject({ status: 404, body: { code: dialect.notFoundCode } });
  });
}

interface Described {
  readonly paths: Readonly<Record<string, { readonly get?: DescribedOperation }>>;
}
interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, object>> }>>;
}

/** Operations of the server's own document that answer in pages, with the parameters that choose and order items. */
async function describedLists({
  server,
  includes,
}: ListDialect): Promise<{ operation: string; parameters: string[] }[]> {
  const { body } = await server().request('GET', '/openapi.json');
  return Object.entries((body as Described).paths).flatMap(([path, { get: described }]) => {
    if (!described || !includes(path)) return [];
    if (!JSON.stringify(described.responses['200']).includes('"nextToken"')) return [];
    const parameters = (described.parameters ?? [])
      .filter((parameter) => parameter.in === 'query' && parameter.name !== 'includeTraits')
      .map(({ name }) => name);
    return [{ operation: described.operationId, parameters: parameters.sort() }];
  });
}
