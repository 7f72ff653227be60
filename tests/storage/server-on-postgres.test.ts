import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createWorkspace, customerPhone, expectMainJob, startConversation } from '../support/main-job.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

const title = whyNoPostgres
  ? `the whole server on PostgreSQL (${whyNoPostgres})`
  : 'the whole server on PostgreSQL';

describe.skipIf(whyNoPostgres)(title, () => {
  let postgres: PostgresServer;
  let server: TestServer;
  let client: SdkClient;
  beforeAll(async () => {
    postgres = await startPostgres();
    ({ server, client } = await startServerWithSdk({
      env: { DATABASE_URL: await postgres.createDatabase() },
    }));
  });
  afterAll(async () => {
    await server?.stop();
    await postgres?.stop();
  });

  it('turns a conversation into memory that Recall finds', () => expectMainJob(server, client));

  it('ends in one profile when the same person is created 50 times at once', async () => {
    const storeId = await createStore(client, 'fifty');
    const create = () =>
      client.memory.v1
        .profiles(storeId)
        .create({ traits: { Contact: { phone: customerPhone, email: 'a@example.com' } } });
    const created = await Promise.all(Array.from({ length: 50 }, create));
    expect(new Set(created.map(({ id }) => id)).size).toBe(1);
    expect(await client.memory.v1.profiles(storeId).list()).toHaveLength(1);
  });

  it('merges profiles while observations are written to both', async () => {
    const storeId = await createStore(client, 'merging');
    const profiles = client.memory.v1.profiles(storeId);
    const byPhone = (await profiles.create({ traits: { Contact: { phone: '+12025550150' } } })).id ?? '';
    const byEmail = (await profiles.create({ traits: { Contact: { email: 'm@example.com' } } })).id ?? '';
    const observe = (profileId: string, content: string) =>
      client.memory.v1
        .observations(storeId, profileId)
        .create({ observations: [{ content, source: 'test', occurredAt: new Date() }] })
        .then(
          () => 1,
          (error: { status?: number }) => (error.status === 308 ? 0 : Promise.reject(error)),
        );
    const writes = Array.from({ length: 30 }, (_, n) =>
      observe(n % 2 === 0 ? byPhone : byEmail, `observation ${n}`),
    );
    const merge = profiles.create({ traits: { Contact: { phone: '+12025550150', email: 'm@example.com' } } });
    const stored = (await Promise.all(writes)).reduce((sum, count) => sum + count, 0);
    expect((await merge).id).toBe(byPhone);
    expect(await client.memory.v1.observations(storeId, byPhone).list()).toHaveLength(stored);
  });

  it('makes one conversation of 20 that the same parties start at once', async () => {
    const workspace = await createWorkspace(client, 'twenty');
    const start = () =>
      startConversation(client, workspace).then(
        () => 201,
        (error: { status?: number }) => error.status,
      );
    const statuses = await Promise.all(Array.from({ length: 20 }, start));
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
  });
});
