import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { type ColumnMapping, phoneAndName, uploadCsv } from '../support/imports.ts';

let server: TestServer;
let storeId: string;

beforeAll(async () => {
  server = await startTestServer();
  await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'limits-of-imports' });
  const { body } = await server.request('GET', '/v1/ControlPlane/Stores');
  [storeId] = (body as { stores: [string] }).stores;
  const groups = `/v1/ControlPlane/Stores/${storeId}/TraitGroups`;
  for (const displayName of ['One', 'Other']) {
    const traits = Object.fromEntries(many(95, (n) => [`t${n}`, { dataType: 'STRING' }]));
    await server.request('POST', groups, { displayName, traits });
  }
  await server.request('POST', groups, {
    displayName: text(64),
    traits: { [text(64)]: { dataType: 'STRING' } },
  });
});
afterAll(() => server.stop());

const text = (length: number) => 'x'.repeat(length);
const many = <Item>(length: number, item: (n: number) => Item) => Array.from({ length }, (_, n) => item(n));
const importsPath = () => `/v1/Stores/${storeId}/Profiles/Imports`;
const columns = (count: number) => many(count, (n) => `c${n}`);
const [phone] = phoneAndName as readonly [ColumnMapping];

/** A column for the phone and others for as many traits of two groups. */
const mappings = (count: number): readonly ColumnMapping[] => [
  phone,
  ...many(count - 1, (n) => ({
    columnName: `c${n}`,
    traitGroup: n < 95 ? 'One' : 'Other',
    traitName: `t${n % 95}`,
  })),
];

function start(members: object) {
  const draft = { filename: 'a.csv', fileSize: 50_000_000, columnMappings: phoneAndName };
  return server.request('POST', importsPath(), { ...draft, ...members });
}

const withName = (changes: Partial<ColumnMapping>) => ({
  columnMappings: [phone, { columnName: 'a', traitGroup: 'Contact', traitName: 'city', ...changes }],
});

const limits: readonly (readonly [what: string, min: number, max: number, members: (n: number) => object])[] =
  [
    ['bytes of a file', 1, 104_857_600, (fileSize) => ({ fileSize })],
    ['characters of a file name', 1, 255, (n) => ({ filename: text(n) })],
    ['mappings', 2, 100, (n) => ({ columnMappings: mappings(n) })],
    ['characters of a column name', 1, 64, (n) => withName({ columnName: text(n) })],
  ];

describe('the limits of an import', () => {
  it.each(limits)('%s: %i to %i', async (_what, min, max, members) => {
    for (const size of [min, max]) expect((await start(members(size))).status).toBe(201);
    for (const size of [min - 1, max + 1])
      expect(await start(members(size))).toMatchObject({ status: 400, body: { code: 400 } });
  });

  it('a trait group and a trait have 64 characters, and no more', async () => {
    const longest = { traitGroup: text(64), traitName: text(64) };
    expect((await start(withName(longest))).status).toBe(201);
    expect((await start(withName({ ...longest, traitGroup: text(65) }))).body).toMatchObject({
      message: 'columnMappings.1.traitGroup: must NOT have more than 64 characters',
    });
    expect((await start(withName({ ...longest, traitName: text(65) }))).body).toMatchObject({
      message: 'columnMappings.1.traitName: must NOT have more than 64 characters',
    });
  });

  it('its id and its upload URL are as short as clients expect', async () => {
    const { importId, url } = (await start({})).body as { importId: string; url: string };
    expect(importId.length).toBeLessThanOrEqual(39);
    expect(url.length).toBeLessThanOrEqual(2048);
  });

  it('a file has 100 columns, and no more', async () => {
    const file = (count: number) =>
      `phone,name,${columns(count - 2)}\n+12025550123,Ada,${columns(count - 2)}\n`;
    expect(await ended(file(100))).toMatchObject({ status: 'COMPLETED' });
    expect(await ended(file(101))).toMatchObject({
      status: 'FAILED',
      failureReason: 'The file has more than 100 columns.',
    });
  });

  it('a file has 1,000,000 rows, and no more', { timeout: 300_000 }, async () => {
    // Rows without an identifier take the least time. The last row that may be there is taken, and the one after it is not.
    const file = `phone,name\n${',\n'.repeat(999_999)}+12025550101,Last\n+12025550102,Late\n`;
    expect(await ended(file)).toMatchObject({
      status: 'FAILED',
      summary: { errors: 999_999 },
      failureReason: 'The file has more than 1000000 rows.',
    });
    expect(await profilesOf('+12025550101')).toHaveLength(1);
    expect(await profilesOf('+12025550102')).toEqual([]);
  });
});

/** The import of a file, when it has ended. */
async function ended(csv: string): Promise<unknown> {
  const { importId, url } = (await start({})).body as { importId: string; url: string };
  expect(await uploadCsv(url, csv)).toBe(200);
  await server.idle();
  return (await server.request('GET', `${importsPath()}/${importId}`)).body;
}

async function profilesOf(value: string): Promise<string[]> {
  const lookup = `/v1/Stores/${storeId}/Profiles/Lookup`;
  const { body } = await server.request('POST', lookup, { idType: 'phone', value });
  return (body as { profiles: string[] }).profiles;
}
