import { describe, expect, it, onTestFinished } from 'vitest';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { uploadCsv } from '../support/imports.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const rows = 20_000;
const kills = 4;
const seconds = 1000;
const pageSize = 100;

describe('an import whose server is killed', () => {
  it(
    'goes on after the restart, leaves no row out and takes none twice',
    async () => {
      const dataDir = temporaryFolder();
      let server = await started(dataDir);
      const storeId = await createStore(server);
      const { importId, url } = await startImport(server, storeId);
      expect(await uploadCsv(url, file())).toBe(200);

      const path = `/v1/Stores/${storeId}/Profiles/Imports/${importId}`;
      let done = 0;
      for (let kill = 0; kill < kills; kill += 1) {
        done = await untilFurtherThan(server, path, done);
        await server.kill();
        server = await started(dataDir);
        expect(await warningsOf(server, path)).toBeGreaterThanOrEqual(done);
      }
      expect(done).toBeLessThan(rows);

      await server.request('POST', '/rapport/v1/idle');
      expect((await server.request('GET', path)).body).toMatchObject({
        status: 'COMPLETED',
        // Each row has one, so this counts the rows that were taken, in the transactions that took them.
        summary: { errors: 0, warnings: rows },
      });
      expect(await countProfiles(server, storeId)).toBe(rows);
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
  await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'imports' });
  const { body } = await server.request('GET', '/v1/ControlPlane/Stores');
  return (body as { stores: [string] }).stores[0];
}

async function startImport(server: ChildServer, storeId: string): Promise<{ importId: string; url: string }> {
  const { body } = await server.request('POST', `/v1/Stores/${storeId}/Profiles/Imports`, {
    filename: 'customers.csv',
    fileSize: 10_000_000,
    columnMappings: [
      { columnName: 'mail', traitGroup: 'Contact', traitName: 'email' },
      { columnName: 'name', traitGroup: 'Contact', traitName: 'firstName' },
    ],
  });
  return body as { importId: string; url: string };
}

/** Each row is another customer, with one pair of spaces that counts as a warning. */
function file(): string {
  const lines = Array.from({ length: rows }, (_, n) => `customer${n}@example.com,Ada  ${n}`);
  return ['mail,name', ...lines, ''].join('\n');
}

async function warningsOf(server: ChildServer, path: string): Promise<number> {
  const { body } = await server.request('GET', path);
  return (body as { summary: { warnings: number } }).summary.warnings;
}

/** Rows done, once they are more than before. */
async function untilFurtherThan(server: ChildServer, path: string, before: number): Promise<number> {
  for (;;) {
    const done = await warningsOf(server, path);
    if (done > before) return done;
  }
}

async function countProfiles(server: ChildServer, storeId: string): Promise<number> {
  const ids = new Set<string>();
  for (let token = ''; ; ) {
    const query = `pageSize=${pageSize}${token && `&pageToken=${token}`}`;
    const { body } = await server.request('GET', `/v1/Stores/${storeId}/Profiles?${query}`);
    const page = body as { profiles: string[]; meta: { nextToken?: string } };
    for (const id of page.profiles) ids.add(id);
    if (!page.meta.nextToken) return ids.size;
    token = page.meta.nextToken;
  }
}
