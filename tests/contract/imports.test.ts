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

  it('lists the IDs of imports, newest first', async () => {
    const older = await startImport(client, storeId, mappings);
    const newer = await startImport(client, storeId, mappings);
    const ids = await client.memory.v1.imports(storeId).list();
    expect(ids.indexOf(newer.importId as never)).toBeLessThan(ids.indexOf(older.importId as never));
    expect(ids).toContain(older.importId);
  });

  it('ends as FAILED when no file arrives within an hour', async () => {
    const { importId } = await startImport(client, storeId, mappings);
    await server.advance(60 * 60);
    expect((await client.memory.v1.imports(storeId, importId).fetch()).status).toBe('FAILED');
  });

  it('refuses a column for a trait that is not defined with 400', async () => {
    const unknown = { columnName: 'shoes', traitGroup: 'Contact', traitName: 'shoeSize' };
    await expect(startImport(client, storeId, [...mappings, unknown])).rejects.toMatchObject({ status: 400 });
  });

  it('answers 404 for an import that does not exist', async () => {
    const id = `mem_import_${'0'.repeat(26)}`;
    await expect(client.memory.v1.imports(storeId, id).fetch()).rejects.toMatchObject({ status: 404 });
  });
});
