import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { createOtherAccountAuthorization } from '../support/second-account.ts';

let server: TestServer;
let storeId: string;
let storeCount = 0;

beforeAll(async () => {
  server = await startTestServer({ env: { RAPPORT_STORES_MAX: '1000' } });
  storeId = await createStore();
});
afterAll(() => server.stop());

const datasetId = 'tdi_dataset_00000000000000000000000001';
const rowsOf = (source: string, store = storeId) => `/rapport/v1/Stores/${store}/Datasets/${source}/Rows`;

async function createStore(): Promise<string> {
  storeCount += 1;
  const draft = { displayName: `rows-${storeCount}` };
  expect((await server.request('POST', '/v1/ControlPlane/Stores', draft)).status).toBe(202);
  const { body } = await server.request('GET', '/v1/ControlPlane/Stores?pageSize=1');
  return (body as { stores: [string] }).stores[0];
}

const toContact = (fields: Record<string, string>) => ({
  type: 'TRAITS',
  mappings: Object.entries(fields).map(([expression, traitName]) => ({
    expression,
    traitGroup: 'Contact',
    traitName,
  })),
});

async function createMapping(
  mappingFrom: object,
  fields: Record<string, string>,
  { store = storeId, ...changes }: { store?: string; isEnabled?: boolean } = {},
): Promise<string> {
  const path = `/v1/ControlPlane/Stores/${store}/DataMappings`;
  const { body: before } = await server.request('GET', path);
  const displayName = `mapping-${(before as { dataMappings: unknown[] }).dataMappings.length}`;
  const draft = { displayName, mappingFrom, mappingTo: toContact(fields), ...changes };
  expect((await server.request('POST', path, draft)).status).toBe(202);
  const { body } = await server.request('GET', `${path}?pageSize=1`);
  return (body as { dataMappings: [{ id: string }] }).dataMappings[0].id;
}

const fromDataset = { type: 'DATASET', datasetId };

async function traitsOf(email: string, store = storeId): Promise<unknown> {
  const profiles = `/v1/Stores/${store}/Profiles`;
  const { body } = await server.request('POST', `${profiles}/Lookup`, { idType: 'email', value: email });
  const [id] = (body as { profiles: string[] }).profiles;
  if (id === undefined) return undefined;
  return ((await server.request('GET', `${profiles}/${id}`)).body as { traits: unknown }).traits;
}

describe('rows of a dataset', () => {
  it('become profiles by all mappings of the dataset together', async () => {
    const store = await createStore();
    await createMapping(fromDataset, { mail: 'email' }, { store });
    await createMapping(fromDataset, { name: 'firstName', town: 'city' }, { store });
    await createMapping(fromDataset, { name: 'lastName' }, { store, isEnabled: false });
    const rows = [
      { mail: 'a@example.com', name: 'Ada', town: 'Springfield', other: 1 },
      { mail: 'b@example.com', town: '' },
    ];
    const reply = await server.request('POST', rowsOf(datasetId, store), { rows });
    expect(reply).toMatchObject({ status: 200, body: { rows: 2, applied: 2, skipped: 0, errors: [] } });
    expect(await traitsOf('a@example.com', store)).toEqual({
      Contact: { email: 'a@example.com', firstName: 'Ada', city: 'Springfield' },
    });
    expect(await traitsOf('b@example.com', store)).toEqual({ Contact: { email: 'b@example.com', city: '' } });
  });

  it('may be CSV', async () => {
    await createMapping(fromDataset, { mail: 'email', name: 'firstName' });
    const csv = 'name,mail\n"Cy, the third",c@example.com\nDee,d@example.com\n';
    const reply = await server.request('POST', rowsOf(datasetId), csv, {
      'Content-Type': 'text/csv; charset=utf-8',
    });
    expect(reply).toMatchObject({ status: 200, body: { rows: 2, applied: 2 } });
    expect(await traitsOf('c@example.com')).toMatchObject({ Contact: { firstName: 'Cy, the third' } });
  });

  it('of an INGRESS mapping are sent to the id of that mapping', async () => {
    const store = await createStore();
    const mappingId = await createMapping(
      { type: 'INGRESS', columns: ['mail', 'name'] },
      { mail: 'email', name: 'firstName' },
      { store },
    );
    const rows = [{ mail: 'e@example.com', name: 'Eve' }];
    expect((await server.request('POST', rowsOf(mappingId, store), { rows })).body).toMatchObject({
      applied: 1,
    });
    expect(await traitsOf('e@example.com', store)).toMatchObject({ Contact: { firstName: 'Eve' } });
  });

  it('update the profile that they name, and remove a trait by null', async () => {
    const store = await createStore();
    await createMapping(fromDataset, { mail: 'email', name: 'firstName', town: 'city' }, { store });
    const send = (row: object) => server.request('POST', rowsOf(datasetId, store), { rows: [row] });
    await send({ mail: 'f@example.com', name: 'Flo', town: 'Springfield' });
    await send({ mail: 'F@example.com', name: null });
    expect(await traitsOf('f@example.com', store)).toEqual({
      Contact: { email: 'F@example.com', city: 'Springfield' },
    });
  });

  it('that cannot be taken are skipped and described, without what stood in them', async () => {
    const store = await createStore();
    await createMapping(fromDataset, { mail: 'email', phone: 'phone', name: 'firstName' }, { store });
    const rows = [
      { mail: 'g@example.com' },
      { phone: 'SECRET' },
      { name: 'SECRET' },
      { mail: 'h@example.com', name: 12 },
      { mail: 'i@example.com' },
    ];
    const reply = await server.request('POST', rowsOf(datasetId, store), { rows });
    expect(reply.body).toEqual({
      rows: 5,
      applied: 2,
      skipped: 3,
      errors: [
        { row: 2, detail: 'traits.Contact.phone: is not a valid phone' },
        { row: 3, detail: 'The row has no value that identifies the customer.' },
        { row: 4, detail: 'traits.Contact.firstName: must be a string' },
      ],
    });
    expect(await traitsOf('i@example.com', store)).toBeDefined();
    expect(await traitsOf('h@example.com', store)).toBeUndefined();
  });

  it('may be 10,000 in one call, of which the first errors are described', async () => {
    const store = await createStore();
    await createMapping(fromDataset, { mail: 'email' }, { store });
    const rows = Array.from({ length: 10_000 }, (_, n) => (n % 2 ? { mail: `n${n}@example.com` } : {}));
    const reply = await server.request('POST', rowsOf(datasetId, store), { rows });
    expect(reply).toMatchObject({ status: 200, body: { applied: 5000, skipped: 5000 } });
    expect((reply.body as { errors: unknown[] }).errors).toHaveLength(10);
    expect(await traitsOf('n9999@example.com', store)).toBeDefined();
  });
});

describe('rows are refused', () => {
  const row = { mail: 'z@example.com' };
  it('with 404 when no enabled mapping takes them', async () => {
    const store = await createStore();
    await createMapping(fromDataset, { mail: 'email' }, { store, isEnabled: false });
    const reply = await server.request('POST', rowsOf(datasetId, store), { rows: [row] });
    expect(reply).toMatchObject({
      status: 404,
      body: { message: `No enabled data mapping of this store takes rows of ${datasetId}.` },
    });
  });

  it.each([
    ['no rows', { rows: [] }],
    ['10,001 rows', { rows: Array(10_001).fill(row) }],
    ['an object in a cell', { rows: [{ mail: {} }] }],
    ['an array of 101 values in a cell', { rows: [{ mail: Array(101).fill('a') }] }],
    ['another member', { rows: [row], more: 1 }],
  ])('with 400 when there are %s', async (_what, body) => {
    await createMapping(fromDataset, { mail: 'email' });
    expect((await server.request('POST', rowsOf(datasetId), body)).status).toBe(400);
  });

  it.each([
    ['no header', ''],
    ['no row', 'mail\n'],
    ['an open quotation mark', 'mail\n"a'],
    ['10,001 rows', `mail\n${'a@example.com\n'.repeat(10_001)}`],
  ])('with 400 when their CSV has %s', async (_what, csv) => {
    await createMapping(fromDataset, { mail: 'email' });
    expect(
      (await server.request('POST', rowsOf(datasetId), csv, { 'Content-Type': 'text/csv' })).status,
    ).toBe(400);
  });

  it('with 415 when they are something else', async () => {
    const reply = await server.request('POST', rowsOf(datasetId), '<rows/>', { 'Content-Type': 'text/xml' });
    expect(reply.status).toBe(415);
  });

  it('with 401 without credentials, and 404 from another account', async () => {
    await createMapping(fromDataset, { mail: 'email' });
    const anonymous = await server.request('POST', rowsOf(datasetId), { rows: [row] }, { Authorization: '' });
    expect(anonymous.status).toBe(401);
    const Authorization = await createOtherAccountAuthorization(server);
    const foreign = await server.request('POST', rowsOf(datasetId), { rows: [row] }, { Authorization });
    expect(foreign).toMatchObject({ status: 404, body: { code: 520041 } });
  });
});
