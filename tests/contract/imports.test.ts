import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { startImport, uploadCsv } from '../support/imports.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  storeId = await createStore(client, 'imports');
});
afterAll(() => server.stop());

const mappings = [
  { columnName: 'given_name', traitGroup: 'Contact', traitName: 'firstName' },
  { columnName: 'mobile', traitGroup: 'Contact', traitName: 'phone' },
  { columnName: 'mail', traitGroup: 'Contact', traitName: 'email' },
];

async function profilesOf(phone: string): Promise<string[]> {
  const { profiles = [] } = await client.memory.v1.lookup(storeId).create({ idType: 'phone', value: phone });
  return profiles;
}

async function traitsOf(phone: string): Promise<unknown> {
  const [id = ''] = await profilesOf(phone);
  return (await client.memory.v1.profiles(storeId, id).fetch()).traits;
}

describe('CSV imports through the SDK', () => {
  it('turns the rows of an uploaded file into profiles', async () => {
    const { importId, url } = await startImport(client, storeId, mappings);
    const waiting = await client.memory.v1.imports(storeId, importId).fetch();
    expect(waiting).toMatchObject({ status: 'PENDING', filename: 'customers.csv', fileSize: 100_000 });
    await uploadCsv(url, 'given_name,mobile,mail\nAda,2025550101,ada@example.com\nBob,+12025550102,\n');
    await server.idle();
    const done = await client.memory.v1.imports(storeId, importId).fetch();
    expect(done).toMatchObject({ status: 'COMPLETED', summary: { errors: 0, warnings: 0 } });
    expect(done.columnMappings).toEqual(mappings);
    expect(await traitsOf('+12025550101')).toEqual({
      Contact: { firstName: 'Ada', phone: '2025550101', email: 'ada@example.com' },
    });
    expect(await traitsOf('+12025550102')).toEqual({ Contact: { firstName: 'Bob', phone: '+12025550102' } });
  });
});
