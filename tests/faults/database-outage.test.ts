import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { basicAuthorization, testAccount } from '../../src/testing/index.ts';
import { type ChildServer, type ChildServerOptions, startChildServer } from '../support/child-server.ts';
import { isPostgresOurs, type OwnPostgresServer, startOwnPostgres } from '../support/postgres-server.ts';
import { mountSmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

const seconds = 1000;
const storesPath = '/v1/ControlPlane/Stores';
const authorization = basicAuthorization(testAccount.sid, testAccount.authToken);

async function started(options: ChildServerOptions): Promise<ChildServer> {
  const server = await startChildServer(options);
  onTestFinished(() => server.kill());
  return server;
}

/** Where a first observation goes: the path of a new profile's observations. */
async function createProfile(server: ChildServer): Promise<string> {
  const store = await server.request('POST', storesPath, { displayName: 'outage' });
  expect(store.status).toBe(202);
  const { body } = await server.request('GET', `${storesPath}?pageSize=1`);
  const [storeId] = (body as { stores: string[] }).stores;
  const profile = await server.request('POST', `/v1/Stores/${storeId}/Profiles`, {
    traits: { Contact: { phone: '+12025550123' } },
  });
  expect(profile.status).toBe(202);
  return `/v1/Stores/${storeId}/Profiles/${(profile.body as { id: string }).id}/Observations`;
}

const observe = (server: ChildServer, path: string, content: string) =>
  server.request('POST', path, {
    observations: [{ content, source: 'test', occurredAt: '2026-01-01T00:00:00Z' }],
  });

async function contentsIn(server: ChildServer, path: string): Promise<string[]> {
  const contents: string[] = [];
  let token = '';
  do {
    const { status, body } = await server.request('GET', `${path}?pageSize=100${token}`);
    expect(status).toBe(200);
    const page = body as { observations: { content: string }[]; meta: { nextToken?: string | null } };
    contents.push(...page.observations.map(({ content }) => content));
    token = page.meta.nextToken ? `&pageToken=${encodeURIComponent(page.meta.nextToken)}` : '';
  } while (token);
  return contents;
}

/** Writes one after the other until the server takes no more; what it has acknowledged comes back. */
async function writeUntilRefused(server: ChildServer, path: string, text: (n: number) => string) {
  const acknowledged: string[] = [];
  for (;;) {
    const content = text(acknowledged.length);
    const { status } = await observe(server, path, content);
    if (status !== 202) return { acknowledged, status };
    acknowledged.push(content);
  }
}

describe.skipIf(!isPostgresOurs)('a server whose PostgreSQL', () => {
  let postgres: OwnPostgresServer;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
  });
  afterAll(() => postgres?.stop());

  const start = async () => {
    const url = await postgres.createDatabase();
    return { url, server: await started({ dataDir: temporaryFolder(), env: { DATABASE_URL: url } }) };
  };

  it('goes away says so, is not ready, and goes on by itself when it is back', async () => {
    const { server } = await start();
    const path = await createProfile(server);
    const writers = Array.from({ length: 8 }, (_, writer) =>
      writeUntilRefused(server, path, (n) => `${writer}.${n}`),
    );
    const refusals = Promise.all(writers);
    await postgres.restart(async () => {
      expect(new Set((await refusals).map(({ status }) => status))).toEqual(new Set([503]));
      expect((await server.request('GET', '/readyz')).status).toBe(503);
      expect((await server.request('GET', '/healthz')).status).toBe(200);
      const reply = await fetch(server.url + path, { headers: { Authorization: authorization } });
      expect([reply.status, reply.headers.get('Retry-After')]).toEqual([503, '1']);
      expect(await reply.json()).toMatchObject({ message: expect.stringContaining('does not answer') });
    });
    expect((await server.request('GET', '/readyz')).status).toBe(200);
    expect((await observe(server, path, 'after')).status).toBe(202);
    const found = new Set(await contentsIn(server, path));
    const acknowledged = (await refusals).flatMap((writer) => writer.acknowledged);
    expect([...acknowledged, 'after'].filter((content) => !found.has(content))).toEqual([]);
  });

  it('takes no writes still reads', async () => {
    const { url, server } = await start();
    const path = await createProfile(server);
    await observe(server, path, 'before');
    const setReadOnly = (value: 'on' | 'off') =>
      runOn(url, [
        `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = ${value}`,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      ]);
    await setReadOnly('on');
    // Until the connections that were broken have been noticed, the database does not answer.
    await until(async () => {
      const { status, body } = await observe(server, path, 'meanwhile');
      expect(status).toBe(503);
      return (body as { message: string }).message.includes('read-only');
    });
    await until(async () => (await server.request('GET', path)).status === 200);
    expect(await contentsIn(server, path)).toEqual(['before']);
    await setReadOnly('off');
    await until(async () => (await observe(server, path, 'after')).status === 202);
    await until(async () => (await server.request('GET', path)).status === 200);
    expect((await contentsIn(server, path)).toSorted()).toEqual(['after', 'before']);
  });
});

async function runOn(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c default_transaction_read_only=off' });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

describe('a server whose disk', () => {
  it(
    'is full reads on, keeps all that it acknowledged, and writes again when there is space',
    async ({ skip }) => {
      const disk = mountSmallDisk(24) ?? skip('mounting a small disk needs more rights than this has');
      onTestFinished(disk.remove);
      const dataDir = disk.folder;
      const server = await started({ dataDir });
      const path = await createProfile(server);
      writeFileSync(join(dataDir, 'filler'), Buffer.alloc(12 * 1024 * 1024));
      const large = (n: number) => `${n} ${'word '.repeat(700)}`;
      const { acknowledged, status } = await writeUntilRefused(server, path, large);
      expect(status).toBe(503);
      expect(acknowledged.length).toBeGreaterThan(10);
      expect(await observe(server, path, large(0))).toMatchObject({
        body: { message: expect.stringContaining('no space') },
      });
      expect((await contentsIn(server, path)).toSorted()).toEqual(acknowledged.toSorted());
      rmSync(join(dataDir, 'filler'));
      expect((await observe(server, path, 'after')).status).toBe(202);
      expect(await contentsIn(server, path)).toHaveLength(acknowledged.length + 1);
    },
    90 * seconds,
  );
});
