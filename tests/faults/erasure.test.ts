import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { uploadCsv } from '../support/imports.ts';
import { findInFiles } from '../support/leftovers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const customers = 12_000;
const kills = 4;
const seconds = 1000;
/** In every row of the store and nowhere else. */
const marker = 'zanzibarmarker';

describe('the erasure of a store whose server is killed', () => {
  it(
    'goes on after the restart and ends with nothing left',
    async () => {
      const dataDir = temporaryFolder();
      let server = await started(dataDir);
      const storeId = await createStore(server);
      await importCustomers(server, storeId);
      const { statusUrl } = (await server.request('DELETE', `/v1/ControlPlane/Stores/${storeId}`)).body as {
        statusUrl: string;
      };
      const operation = new URL(statusUrl).pathname;

      let left = customers;
      for (let kill = 0; kill < kills; kill += 1) {
        await until(() => countProfiles(dataDir) < left);
        await server.kill();
        left = countProfiles(dataDir);
        server = await started(dataDir);
        expect((await server.request('GET', `/v1/ControlPlane/Stores/${storeId}`)).status).toBe(404);
      }
      expect(left).toBeGreaterThan(0);

      await server.request('POST', '/rapport/v1/idle');
      expect((await server.request('GET', operation)).body).toMatchObject({
        status: 'COMPLETED',
        result: { id: storeId },
      });
      expect(countProfiles(dataDir)).toBe(0);
      expect(findInFiles(dataDir, marker)).toEqual([]);
    },
    120 * seconds,
  );
});

async function started(dataDir: string): Promise<ChildServer> {
  const server = await startChildServer({ dataDir });
  onTestFinished(() => server.kill());
  return server;
}

async function createStore(server: ChildServer): Promise<string> {
  await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'erased' });
  const { body } = await server.request('GET', '/v1/ControlPlane/Stores');
  return (body as { stores: [string] }).stores[0];
}

async function importCustomers(server: ChildServer, storeId: string): Promise<void> {
  const { body } = await server.request('POST', `/v1/Stores/${storeId}/Profiles/Imports`, {
    filename: 'customers.csv',
    fileSize: 10_000_000,
    columnMappings: [
      { columnName: 'mail', traitGroup: 'Contact', traitName: 'email' },
      { columnName: 'name', traitGroup: 'Contact', traitName: 'firstName' },
    ],
  });
  const rows = Array.from({ length: customers }, (_, n) => `${marker}${n}@example.com,${marker}`);
  expect(await uploadCsv((body as { url: string }).url, ['mail,name', ...rows, ''].join('\n'))).toBe(200);
  await server.request('POST', '/rapport/v1/idle');
}

/** Counted from outside, while the server works. */
function countProfiles(dataDir: string): number {
  const file = new Sqlite(join(dataDir, 'rapport.db'), { readonly: true });
  const { count } = file.prepare('select count(*) as count from profiles').get() as { count: number };
  file.close();
  return count;
}
