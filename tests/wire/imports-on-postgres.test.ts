import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { startImport, uploadCsv } from '../support/imports.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';
import { createSdkClient, createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

const rows = 1500;
const emailAndName = [
  { columnName: 'mail', traitGroup: 'Contact', traitName: 'email' },
  { columnName: 'name', traitGroup: 'Contact', traitName: 'firstName' },
];
const title = whyNoPostgres ? `imports on PostgreSQL (${whyNoPostgres})` : 'imports on PostgreSQL';

describe.skipIf(whyNoPostgres)(title, () => {
  let postgres: PostgresServer;
  const servers: TestServer[] = [];
  let client: SdkClient;
  let otherClient: SdkClient;
  beforeAll(async () => {
    postgres = await startPostgres();
    const env = { DATABASE_URL: await postgres.createDatabase(), RAPPORT_CLOCK: 'system' };
    for (let count = 0; count < 2; count += 1) servers.push((await startServerWithSdk({ env })).server);
    [client, otherClient] = servers.map(({ url }) => createSdkClient(url)) as [SdkClient, SdkClient];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await postgres?.stop();
  });

  const file = (name: string) =>
    ['mail,name', ...Array.from({ length: rows }, (_, n) => `customer${n}@example.com,${name}`)].join('\n');

  async function importInto(storeId: string, csv: string, through: SdkClient, at: TestServer | undefined) {
    const { importId, url } = await startImport(through, storeId, emailAndName);
    // The upload may go to another server than the one that gave out its URL.
    expect(await uploadCsv(url.replace(/^http:\/\/[^/]+/, at?.url ?? ''), csv)).toBe(200);
    return importId;
  }

  it('make one profile of each customer while two imports and many requests write the same ones', async () => {
    const storeId = await createStore(client, 'together');
    const imports = [
      await importInto(storeId, file('First'), client, servers[1]),
      await importInto(storeId, file('Second'), otherClient, servers[0]),
    ];
    const created = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        (n % 2 ? client : otherClient).memory.v1
          .profiles(storeId)
          .create({ traits: { Contact: { email: `customer${n * 15}@example.com`, city: 'Springfield' } } }),
      ),
    );
    for (const server of servers) await server.idle();
    for (const importId of imports) {
      expect(await client.memory.v1.imports(storeId, importId).fetch()).toMatchObject({
        status: 'COMPLETED',
        summary: { errors: 0, warnings: 0 },
      });
    }
    const ids = new Set<string>();
    await new Promise<void>((resolve, reject) => {
      client.memory.v1.profiles(storeId).each({
        pageSize: 100,
        callback: (profile) => void ids.add(String(profile)),
        done: (error?: Error) => (error ? reject(error) : resolve()),
      });
    });
    expect(ids.size).toBe(rows);
    for (const [n, { id = '' }] of created.entries()) {
      const profile = await client.memory.v1.profiles(storeId, id).fetch();
      expect(profile.traits).toMatchObject({
        Contact: { email: `customer${n * 15}@example.com`, city: 'Springfield' },
      });
    }
  });
});
