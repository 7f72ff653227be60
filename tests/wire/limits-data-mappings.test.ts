import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let store: string;
let count = 0;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({ env: { RAPPORT_STORES_MAX: '1000' } }));
});
afterAll(() => server.stop());
beforeEach(async () => {
  count += 1;
  store = `/v1/ControlPlane/Stores/${await createStore(client, `mappings-${count}`)}`;
});

const text = (length: number) => 'x'.repeat(length);
const many = <Item>(length: number, item: (n: number) => Item) => Array.from({ length }, (_, n) => item(n));
const target = { traitGroup: 'Contact', traitName: 'email' };

/** What is answered to a data mapping with these members beside valid ones. */
function create({ item = {}, ...members }: { item?: object; [member: string]: unknown }) {
  return server.request('POST', `${store}/DataMappings`, {
    displayName: 'mapping',
    mappingFrom: { type: 'INGRESS', columns: ['a'] },
    mappingTo: { type: 'TRAITS', mappings: [{ expression: 'a', ...target, ...item }] },
    ...members,
  });
}

type Attempt = (size: number) => Promise<{ status: number }>;

const limits: readonly (readonly [what: string, min: number, max: number, attempt: Attempt])[] = [
  ['characters of a name', 1, 128, (n) => create({ displayName: text(n) })],
  ['characters of a description', 1, 512, (n) => create({ description: text(n) })],
  [
    'items',
    1,
    100,
    (n) =>
      create({
        mappingTo: { type: 'TRAITS', mappings: many(n, (at) => ({ expression: `c${at}`, ...target })) },
      }),
  ],
  ['characters of a fieldName', 1, 64, (n) => create({ item: { fieldName: text(n) } })],
  ['characters of an expression', 1, 256, (n) => create({ item: { expression: text(n) } })],
  ['columns', 1, 1000, (n) => create({ mappingFrom: { type: 'INGRESS', columns: many(n, String) } })],
  ['characters of a column', 1, 256, (n) => create({ mappingFrom: { type: 'INGRESS', columns: [text(n)] } })],
];

describe('the limits of a data mapping', () => {
  it.each(limits)('%s: %i to %i', async (_what, min, max, attempt) => {
    for (const size of [min - 1, max + 1])
      expect(await attempt(size)).toMatchObject({ status: 400, body: { code: 520046 } });
    for (const size of [min, max]) {
      expect((await attempt(size)).status).toBe(202);
      await deleteMappings();
    }
  });

  it('a trait group has 64 characters, and no more', async () => {
    const traits = { email: { dataType: 'STRING' } };
    await server.request('POST', `${store}/TraitGroups`, { displayName: text(64), traits });
    expect((await create({ item: { traitGroup: text(64) } })).status).toBe(202);
    expect((await create({ item: { traitGroup: text(65) } })).body).toMatchObject({
      message: 'mappingTo.mappings.0.traitGroup: must NOT have more than 64 characters',
    });
  });

  it('a trait may have 128 characters, though no trait has more than 64', async () => {
    expect((await create({ item: { traitName: text(128) } })).body).toMatchObject({
      message: 'mappingTo.mappings.0.traitName: is not defined in the trait group Contact',
    });
    expect((await create({ item: { traitName: text(129) } })).body).toMatchObject({
      message: 'mappingTo.mappings.0.traitName: must NOT have more than 128 characters',
    });
  });

  async function deleteMappings(): Promise<void> {
    const { body } = await server.request('GET', `${store}/DataMappings`);
    for (const { id } of (body as { dataMappings: { id: string }[] }).dataMappings)
      await server.request('DELETE', `${store}/DataMappings/${id}`);
  }
});
