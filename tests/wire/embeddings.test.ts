import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import {
  type EmbeddingServer,
  meaningfulVector,
  noiseVector,
  startEmbeddingServer,
} from '../support/embedding-server.ts';
import { enginesOfServers } from '../support/engines.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const things = [
  'lamp',
  'bicycle',
  'teapot',
  'scarf',
  'piano',
  'tent',
  'mirror',
  'ladder',
  'carpet',
  'kettle',
];
const deeds = ['bought', 'returned', 'repaired', 'painted', 'lost', 'sold', 'washed', 'borrowed'];
/** Eighty facts, each of whose words others share. */
const facts = things.flatMap((thing) => deeds.map((deed) => `${deed} the ${thing}`));
/** As many as are sent to the model at once. */
const memoriesPerRequest = 96;
const dana = { email: 'dana@example.com' };
const doctor = 'sees a physician regularly';

let provider: EmbeddingServer;
let postgres: PostgresServer | undefined;
let database: Record<string, string>;
let server: TestServer;
let storeId: string;

describe.each(enginesOfServers)('vectors on $engine', ({ engine, skip }) => {
  beforeAll(async () => {
    if (!skip && engine === 'PostgreSQL') postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());
  beforeEach(async () => {
    if (skip) return;
    provider = await startEmbeddingServer(meaningfulVector);
    database = {
      RAPPORT_DATA_DIR: temporaryFolder(),
      ...(postgres && { DATABASE_URL: await postgres.createDatabase() }),
    };
    server = await start();
    const created = await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'vectors' });
    const { statusUrl } = created.body as { statusUrl: string };
    const operation = await server.request('GET', new URL(statusUrl).pathname);
    storeId = (operation.body as { result: { id: string } }).result.id;
  });
  afterEach(async () => {
    await server?.stop();
    await provider?.stop();
  });

  const start = (env: Record<string, string> = {}): Promise<TestServer> =>
    startTestServer({
      env: {
        ...database,
        RAPPORT_EMBEDDINGS_BASE_URL: provider.baseUrl,
        RAPPORT_EMBEDDINGS_MODEL: 'first',
        ...env,
      },
    });
  const restart = async (env?: Record<string, string>): Promise<void> => {
    await server.stop();
    server = await start(env);
  };

  async function createProfile(contact: object, ...contents: string[]): Promise<string> {
    const traits = { Contact: contact };
    const { body } = await server.request('POST', `/v1/Stores/${storeId}/Profiles`, { traits });
    const path = `/v1/Stores/${storeId}/Profiles/${(body as { id: string }).id}`;
    await observe(path, ...contents);
    return path;
  }

  async function observe(path: string, ...contents: string[]): Promise<void> {
    for (let at = 0; at < contents.length; at += 10) {
      const observations = contents
        .slice(at, at + 10)
        .map((content) => ({ content, source: 'test', occurredAt: '2026-01-01T00:00:00Z' }));
      const { status } = await server.request('POST', `${path}/Observations`, { observations });
      expect(status).toBe(202);
    }
  }

  interface Found {
    readonly id: string;
    readonly content: string;
    readonly score: number;
  }

  async function recall(path: string, query: string): Promise<Found[]> {
    const { status, body } = await server.request('POST', `${path}/Recall`, {
      query,
      relevanceThreshold: 0.000001,
    });
    expect(status).toBe(200);
    return (body as { observations: Found[] }).observations;
  }
  const contents = async (path: string, query: string) =>
    (await recall(path, query)).map(({ content }) => content);
  const vectors = async () => server.context.db.reader.selectFrom('memory_vectors').selectAll().execute();

  it.skipIf(skip)('find the memory that shares no word with the query, and explain it', async () => {
    const path = await createProfile(dana, ...facts, doctor);
    await server.idle();
    expect(await contents(path, 'doctor')).toContain(doctor);
    expect((await contents(path, 'doctor'))[0]).toBe(doctor);
    const { body } = await server.request('POST', `/rapport/v1${path.slice('/v1'.length)}/Recall/Explain`, {
      query: 'doctor',
    });
    const [best] = (body as { observations: { explanation: { feature: string; value: number }[] }[] })
      .observations;
    expect(best?.explanation[0]).toMatchObject({ feature: 'meaning' });
    expect(best?.explanation[0]?.value).toBeGreaterThan(0.5);
  });

  it.skipIf(skip)('that mean nothing change neither order nor scores', async () => {
    provider.embed = noiseVector;
    const path = await createProfile(dana, ...facts, doctor);
    const ask = async () => {
      const found = [];
      for (const query of [...facts, 'doctor', 'the blue lamp and a teapot']) {
        found.push((await recall(path, query)).map(({ id, score }) => ({ id, score })));
      }
      return found;
    };
    await server.idle();
    expect(await vectors()).toHaveLength(facts.length + 1);
    const withNoise = await ask();
    await restart({ RAPPORT_EMBEDDINGS_BASE_URL: '', RAPPORT_EMBEDDINGS_MODEL: '' });
    expect(withNoise).toEqual(await ask());
  });

  it.skipIf(skip)('are made once the provider is back; till then words find', async () => {
    provider.state = 'down';
    const path = await createProfile(dana, ...facts, doctor);
    await server.idle();
    expect((await contents(path, 'physician'))[0]).toBe(doctor);
    expect(await contents(path, 'doctor')).toEqual([]);
    provider.state = 'up';
    await server.advance(3600);
    expect(await vectors()).toHaveLength(facts.length + 1);
    expect((await contents(path, 'doctor'))[0]).toBe(doctor);
  });

  it.skipIf(skip)(
    'of queries are not waited for when the provider is slow, and after three failures not asked for',
    async () => {
      const path = await createProfile(dana, ...facts, doctor);
      await server.idle();
      await restart({ RAPPORT_EMBEDDINGS_TIMEOUT_MS: '50' });
      provider.state = 'silent';
      for (const query of ['physician one', 'physician two', 'physician three']) {
        expect((await contents(path, query))[0]).toBe(doctor);
      }
      provider.state = 'up';
      const asked = provider.requests.length;
      expect(await contents(path, 'doctor')).toEqual([]);
      expect(provider.requests).toHaveLength(asked);
      await server.advance(31);
      expect((await contents(path, 'doctor'))[0]).toBe(doctor);
      const { body } = await server.request('GET', '/metrics');
      expect(body).toContain('rapport_query_vectors_total{outcome="failed"} 3');
      expect(body).toContain('rapport_query_vectors_total{outcome="skipped"} 1');
    },
  );

  it.skipIf(skip)('of a query are asked for once', async () => {
    const path = await createProfile(dana, doctor);
    await server.idle();
    const asked = provider.requests.length;
    await recall(path, 'doctor');
    await recall(path, 'doctor');
    expect(provider.requests).toHaveLength(asked + 1);
  });

  it.skipIf(skip)('of another dimension are not compared', async () => {
    const path = await createProfile(dana, ...facts, doctor);
    await server.idle();
    provider.embed = (text) => noiseVector(text).slice(0, 16);
    await restart();
    expect((await contents(path, 'physician'))[0]).toBe(doctor);
    expect(await contents(path, 'doctor')).toEqual([]);
  });

  it.skipIf(skip)('of a model that was replaced are ignored, and replaced in the background', async () => {
    const path = await createProfile(dana, ...facts, doctor);
    await server.idle();
    provider.state = 'down';
    await restart({ RAPPORT_EMBEDDINGS_MODEL: 'second' });
    await server.idle();
    expect((await contents(path, 'physician'))[0]).toBe(doctor);
    expect(await contents(path, 'doctor')).toEqual([]);
    provider.state = 'up';
    await server.advance(3600);
    expect(new Set((await vectors()).map(({ model }) => model))).toEqual(new Set(['second']));
    expect((await contents(path, 'doctor'))[0]).toBe(doctor);
  });

  it.skipIf(skip)('are no hindrance while another model takes over, half-way too', async () => {
    const more = facts.map((fact) => `${fact} again`);
    const path = await createProfile(dana, doctor, ...facts, ...more);
    await server.idle();
    const best = async () => (await contents(path, 'returned the lamp')).slice(0, 2).sort();
    // The new model fails at its second request.
    let asked = 0;
    provider.embed = (text) => {
      asked += 1;
      if (asked > memoriesPerRequest) provider.state = 'down';
      return meaningfulVector(text).reverse();
    };
    await restart({ RAPPORT_EMBEDDINGS_MODEL: 'second' });
    await server.idle();
    const models = Map.groupBy(await vectors(), ({ model }) => model);
    expect(models.get('second')).toHaveLength(memoriesPerRequest);
    expect(models.get('first')).toHaveLength(2 * facts.length + 1 - memoriesPerRequest);
    expect(await best()).toEqual(['returned the lamp', 'returned the lamp again']);
    expect((await contents(path, 'physician'))[0]).toBe(doctor);
    provider.embed = (text) => meaningfulVector(text).reverse();
    provider.state = 'up';
    await server.advance(3600);
    expect(new Set((await vectors()).map(({ model }) => model))).toEqual(new Set(['second']));
    expect((await contents(path, 'doctor'))[0]).toBe(doctor);
  });

  it.skipIf(skip)('are made at the next start for memories that were there before', async () => {
    await restart({ RAPPORT_EMBEDDINGS_BASE_URL: '', RAPPORT_EMBEDDINGS_MODEL: '' });
    const path = await createProfile(dana, ...facts, doctor);
    await server.idle();
    expect(provider.requests).toEqual([]);
    await restart({ RAPPORT_EMBEDDINGS_MODEL: 'second' });
    await server.idle();
    expect((await contents(path, 'doctor'))[0]).toBe(doctor);
    const asked = provider.requests.length;
    await restart({ RAPPORT_EMBEDDINGS_MODEL: 'second' });
    await server.idle();
    expect(provider.requests).toHaveLength(asked);
  });

  it.skipIf(skip)('follow a memory that is changed, and go with one that is deleted', async () => {
    const path = await createProfile(dana, ...facts, doctor);
    await server.idle();
    const [found] = await recall(path, 'doctor');
    await server.request('PATCH', `${path}/Observations/${found?.id}`, { content: 'drives an automobile' });
    expect(await contents(path, 'doctor')).not.toContain('drives an automobile');
    await server.idle();
    expect((await contents(path, 'vehicle'))[0]).toBe('drives an automobile');
    await server.request('DELETE', `${path}/Observations/${found?.id}`);
    await server.idle();
    expect((await vectors()).map(({ memory_id }) => memory_id)).not.toContain(found?.id);
    expect(await contents(path, 'vehicle')).not.toContain('drives an automobile');
  });

  it.skipIf(skip)('move with a merge, go back when it is undone, and go with the profile', async () => {
    const phone = { phone: '+12025550123' };
    const first = await createProfile(dana, ...facts);
    const second = await createProfile(phone, doctor);
    await server.idle();
    const before = await vectors();
    await createProfile({ ...dana, ...phone });
    await server.idle();
    const ids = async () => new Set((await vectors()).map(({ profile_id }) => profile_id));
    expect(await ids()).toEqual(new Set([first.split('/').at(-1)]));
    expect(await vectors()).toHaveLength(before.length);
    expect((await contents(first, 'doctor'))[0]).toBe(doctor);
    const own = `/rapport/v1${first.slice('/v1'.length)}/Merges`;
    const { body } = await server.request('GET', own);
    const [merge] = (body as { merges: { id: string }[] }).merges;
    const undone = await server.request('POST', `${own}/${merge?.id}/Undo`);
    expect(undone.status).toBe(200);
    await server.idle();
    expect((await ids()).size).toBe(2);
    expect(await vectors()).toHaveLength(before.length);
    await server.request('DELETE', first);
    await server.request('DELETE', second);
    expect(await vectors()).toEqual([]);
  });

  it.skipIf(skip)('go with a summary that is deleted, and with the store', async () => {
    const path = await createProfile(dana, doctor);
    const summary = {
      content: 'asked about a bicycle',
      conversationId: `conv_conversation_${'0'.repeat(26)}`,
      occurredAt: '2026-01-01T00:00:00Z',
    };
    const summaries = `${path}/ConversationSummaries`;
    expect((await server.request('POST', summaries, { summaries: [summary] })).status).toBe(202);
    await server.idle();
    const kinds = async () => (await vectors()).map(({ kind }) => kind).sort();
    expect(await kinds()).toEqual(['observation', 'summary']);
    const { body } = await server.request('GET', summaries);
    const [stored] = (body as { summaries: { id: string }[] }).summaries;
    expect((await server.request('DELETE', `${summaries}/${stored?.id}`)).status).toBeLessThan(300);
    expect(await kinds()).toEqual(['observation']);
    await server.request('DELETE', `/v1/ControlPlane/Stores/${storeId}`);
    await server.idle();
    expect(await vectors()).toEqual([]);
  });
});
