import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';
import { until } from '../support/until.ts';

const storesPath = '/v1/ControlPlane/Stores';

describe.skipIf(whyNoPostgres)(
  `processes with roles on one PostgreSQL${whyNoPostgres ? ` (${whyNoPostgres})` : ''}`,
  () => {
    let postgres: PostgresServer;
    let api: TestServer;
    let worker: TestServer;
    beforeAll(async () => {
      postgres = await startPostgres();
      const DATABASE_URL = await postgres.createDatabase();
      const env = { DATABASE_URL, RAPPORT_CLOCK: 'system' };
      // At once: one of them brings the schema up to date while the other waits.
      [api, worker] = await Promise.all([
        startTestServer({ env: { ...env, RAPPORT_ROLE: 'api' } }),
        startTestServer({ env: { ...env, RAPPORT_ROLE: 'worker' } }),
      ]);
    });
    afterAll(async () => {
      await api?.stop();
      await worker?.stop();
      await postgres?.stop();
    });

    it('answer what one of them takes, and do it in the other', async () => {
      const created = await api.request('POST', storesPath, { displayName: 'roles' });
      const { statusUrl } = created.body as { statusUrl: string };
      const operation = await api.request('GET', new URL(statusUrl).pathname);
      const { id } = (operation.body as { result: { id: string } }).result;
      const deletion = await api.request('DELETE', `${storesPath}/${id}`);
      expect(deletion.status).toBe(202);
      const { pathname } = new URL((deletion.body as { statusUrl: string }).statusUrl);
      await until(async () => {
        const { body } = await api.request('GET', pathname);
        return (body as { status: string }).status === 'COMPLETED';
      });
    });

    it('say what they do not do', async () => {
      expect((await worker.request('GET', storesPath)).status).toBe(404);
      expect((await worker.request('GET', '/readyz')).status).toBe(200);
      expect((await api.request('POST', '/rapport/v1/idle')).status).toBe(409);
      expect((await worker.request('POST', '/rapport/v1/idle')).status).toBe(200);
    });
  },
);
