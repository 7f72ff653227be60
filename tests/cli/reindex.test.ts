import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { testAccount } from '../../src/testing/index.ts';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { rapport } from '../support/cli.ts';
import { type EmbeddingServer, noiseVector, startEmbeddingServer } from '../support/embedding-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let provider: EmbeddingServer;
let env: Record<string, string>;
beforeEach(async () => {
  provider = await startEmbeddingServer(noiseVector);
  onTestFinished(() => provider.stop());
  env = {
    RAPPORT_DATA_DIR: temporaryFolder(),
    RAPPORT_ACCOUNT_SID: testAccount.sid,
    RAPPORT_AUTH_TOKEN: testAccount.authToken,
    RAPPORT_EMBEDDINGS_BASE_URL: provider.baseUrl,
    RAPPORT_EMBEDDINGS_MODEL: 'some-model',
  };
});

async function start(): Promise<ChildServer> {
  const server = await startChildServer({ dataDir: env['RAPPORT_DATA_DIR'] ?? '', env });
  onTestFinished(() => server.kill());
  return server;
}

async function storeMemories(server: ChildServer, contents: readonly string[]): Promise<void> {
  const store = await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'vectors' });
  const { statusUrl } = store.body as { statusUrl: string };
  const operation = await server.request('GET', new URL(statusUrl).pathname);
  const { id: storeId } = (operation.body as { result: { id: string } }).result;
  const traits = { Contact: { email: 'dana@example.com' } };
  const { body } = await server.request('POST', `/v1/Stores/${storeId}/Profiles`, { traits });
  const observations = contents.map((content) => ({
    content,
    source: 'test',
    occurredAt: '2026-01-01T00:00:00Z',
  }));
  const path = `/v1/Stores/${storeId}/Profiles/${(body as { id: string }).id}/Observations`;
  expect((await server.request('POST', path, { observations })).status).toBe(202);
}

describe('rapport reindex', () => {
  it('has all vectors made anew by the running server, and says when that is done', async () => {
    const server = await start();
    await storeMemories(server, ['likes tea', 'has a dog']);
    await server.request('POST', '/rapport/v1/idle');
    const before = provider.requests.flat().length;
    expect((await rapport(['reindex', '--status'], env)).stdout).toBe(
      '2 of 2 memories have a vector of some-model\n',
    );
    const { exitCode, stdout } = await rapport(['reindex', '--wait'], env);
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('2 of 2 memories have a vector of some-model');
    expect(provider.requests.flat().slice(before).sort()).toEqual(['has a dog', 'likes tea']);
  });

  it('is of no use without a model', async () => {
    const { exitCode, stderr } = await rapport(['reindex'], { RAPPORT_DATA_DIR: temporaryFolder() });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no embedding model');
  });
});
