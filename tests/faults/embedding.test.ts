import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { noiseVector, startEmbeddingServer } from '../support/embedding-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const profiles = 3;
const batchesOfEach = 12;
const observationsPerBatch = 10;
const kills = 2;
const seconds = 1000;

/** Memories without a vector of their present text, and vectors without a memory. */
function findMissing(dataDir: string): { without: number; orphans: number } {
  const db = new Sqlite(join(dataDir, 'rapport.db'), { readonly: true });
  const count = (sql: string) => (db.prepare(sql).get() as { count: number }).count;
  const own = 'v.profile_id = o.profile_id and v.memory_id = o.id';
  try {
    return {
      without: count(
        `select count(*) as count from observations o where not exists
          (select 1 from memory_vectors v where ${own} and v.memory_version >= o.memory_version)`,
      ),
      orphans: count(
        `select count(*) as count from memory_vectors v where not exists (select 1 from observations o where ${own})`,
      ),
    };
  } finally {
    db.close();
  }
}

it(
  'a server that is killed while it has vectors made has all of them made in the end',
  async () => {
    const dataDir = temporaryFolder();
    const provider = await startEmbeddingServer(noiseVector);
    onTestFinished(() => provider.stop());
    const start = async (env?: Record<string, string>) => {
      const server = await startChildServer({ dataDir, ...(env ? { env } : {}) });
      onTestFinished(() => server.kill());
      return server;
    };
    let server = await start();
    await storeAll(server, await createProfiles(server));
    await server.kill();
    let embedded = 0;
    let killedWithout = 0;
    let isLast = false;
    provider.embed = (text) => {
      embedded += 1;
      // The requests after this one wait for their answer until the server is dead.
      if (!isLast) provider.state = 'silent';
      return noiseVector(text);
    };
    const env = { RAPPORT_EMBEDDINGS_BASE_URL: provider.baseUrl, RAPPORT_EMBEDDINGS_MODEL: 'some-model' };
    for (let kill = 0; kill < kills; kill += 1) {
      provider.state = 'up';
      server = await start(env);
      await until(() => provider.requests.flat().length > embedded + killedWithout);
      await server.kill();
      killedWithout = provider.requests.flat().length - embedded;
    }
    isLast = true;
    provider.state = 'up';
    server = await start(env);
    expect((await server.request('POST', '/rapport/v1/idle')).status).toBe(200);
    expect(killedWithout).toBeGreaterThan(0);
    expect(findMissing(dataDir)).toEqual({ without: 0, orphans: 0 });
  },
  60 * seconds,
);

async function createProfiles(server: ChildServer): Promise<string[]> {
  const created = await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'vectors' });
  const { statusUrl } = created.body as { statusUrl: string };
  const operation = await server.request('GET', new URL(statusUrl).pathname);
  const { id: storeId } = (operation.body as { result: { id: string } }).result;
  const paths: string[] = [];
  for (let number = 0; number < profiles; number += 1) {
    const traits = { Contact: { email: `customer${number}@example.com` } };
    const { body } = await server.request('POST', `/v1/Stores/${storeId}/Profiles`, { traits });
    paths.push(`/v1/Stores/${storeId}/Profiles/${(body as { id: string }).id}`);
  }
  return paths;
}

async function storeAll(server: ChildServer, paths: readonly string[]): Promise<void> {
  for (let batch = 0; batch < batchesOfEach; batch += 1) {
    for (const path of paths) {
      const observations = Array.from({ length: observationsPerBatch }, (_, at) => ({
        content: `memory ${batch * observationsPerBatch + at}`,
        source: 'test',
        occurredAt: '2026-01-01T00:00:00Z',
      }));
      await server.request('POST', `${path}/Observations`, { observations });
    }
  }
}
