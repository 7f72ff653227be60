import { startTestServer, type TestServer } from '../../../src/testing/index.ts';
import { startPostgres } from '../postgres-server.ts';

/** The clock is moved by years, and whatever wakes up regularly would make that slow. */
const foreverInHours = '1000000';

/** A server to be fuzzed: on SQLite, or on PostgreSQL with `RAPPORT_FUZZ_ENGINE=PostgreSQL`. */
export async function startFuzzServer(): Promise<TestServer> {
  const env = { RAPPORT_STORES_MAX: '1000000', RAPPORT_EVENTS_KEEP_HOURS: foreverInHours };
  if (process.env['RAPPORT_FUZZ_ENGINE'] !== 'PostgreSQL') return startTestServer({ env });
  const postgres = await startPostgres();
  const server = await startTestServer({ env: { ...env, DATABASE_URL: await postgres.createDatabase() } });
  return {
    ...server,
    stop: async () => {
      await server.stop();
      await postgres.stop();
    },
  };
}
