import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { upsertVectors } from '../../src/memory/embeddings/embedding.store.ts';
import { requestReindex } from '../../src/memory/index.ts';
import { insertObservations } from '../../src/memory/observations/observation.store.ts';
import {
  MemoryIndexes,
  nextMemoryVersion,
  toVectorBytes,
  toVectorText,
} from '../../src/memory/search/index.ts';
import { type Database, openDatabase, openTransferTarget, transfer } from '../../src/storage/index.ts';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';
import { captureLog } from '../support/captured-log.ts';
import { describeOnEachDatabase, describeOnPgvector, type TestDatabases } from '../support/databases.ts';
import { type EmbeddingServer, meaningfulVector, startEmbeddingServer } from '../support/embedding-server.ts';
import { accountId, observationRow } from '../support/rows.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const model = 'some-model';
const plenty = 1e9;
/** Enough to be left in the database. */
const memories = 4000;
const profileId = 'mem_profile_00000000000000000000000001';
const things = ['lamp', 'bicycle', 'teapot', 'scarf', 'piano', 'tent', 'mirror', 'ladder', 'doctor', 'car'];
const textOf = (n: number) =>
  `order${n % 97} of a ${things[n % 10]} and a ${things[Math.floor(n / 10) % 10]} for room${n}`;

function vectorOf(text: string): Float32Array {
  const values = meaningfulVector(text);
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

/** Memories of a profile with their vectors, as the server writes them. */
async function remember(db: Database, owner: string, texts: readonly string[]): Promise<void> {
  const ids = texts.map((_, at) => `mem_observation_${owner.slice(-4)}${String(at).padStart(22, '0')}`);
  await db.transaction(async (tx) => {
    const memory_version = await nextMemoryVersion(tx, { accountId, profileId: owner });
    for (let start = 0; start < texts.length; start += 500) {
      const some = texts.slice(start, start + 500).map((text, at) => ({ text, id: ids[start + at] ?? '' }));
      await insertObservations(
        tx,
        some.map(({ id, text }) => observationRow(id, { profile_id: owner, content: text, memory_version })),
      );
      await upsertVectors(
        tx,
        {
          owner: { accountId, profileId: owner },
          model,
          version: memory_version,
          hasPgvector: db.pgvector?.isUsed,
        },
        some.map(({ id, text }) => ({ kind: 'observation', id, vector: vectorOf(text) })),
      );
    }
  });
}

/** Gives an observation another text. */
async function change(db: Database, { content }: { content: string }, id = ''): Promise<void> {
  await db.transaction(async (tx) => {
    const memory_version = await nextMemoryVersion(tx, { accountId, profileId });
    await tx.updateTable('observations').set({ content, memory_version }).where('id', '=', id).execute();
  });
}

describeOnEachDatabase('without pgvector', (databases) => {
  it('a server says so at its start where it could be had, and says why', async () => {
    const { log, text } = captureLog();
    const location = await databases.location();
    const server = await startTestServer({ database: location, log });
    onTestFinished(() => server.stop());
    const { pgvector } = server.context.db;
    const isNamed = text().includes('pgvector is not used');
    expect(isNamed).toBe(pgvector !== undefined && !pgvector.isUsed);
    if (databases.engine === 'PGlite')
      expect(text()).toContain('the database server does not have the extension');
  });
});

describeOnPgvector('pgvector', (databases) => {
  it('is used by every process that opens the database, and named by none', async () => {
    const { log, text } = captureLog();
    const server = await startTestServer({ database: await databases.location(), log });
    onTestFinished(() => server.stop());
    expect(server.context.db.pgvector).toEqual({ isUsed: true });
    expect(text()).not.toContain('pgvector');
    for (const db of await databases.openTogether(3)) expect(db.pgvector).toEqual({ isUsed: true });
  });

  it('is given back its columns when the extension was removed and came back', async () => {
    const db = await databases.open();
    await sql`drop extension vector cascade`.execute(db.reader);
    const again = await databases.openAgain();
    expect(again.pgvector).toEqual({ isUsed: true });
    await remember(again, profileId, ['a lamp']);
  });

  it('is done without where the role may not install it', async () => {
    const db = await databases.open();
    const run = (statement: string) => sql.raw(statement).execute(db.reader);
    await run('drop extension vector cascade');
    await run('create role plain');
    await run('grant all on schema public to plain');
    await run('grant all on all tables in schema public to plain');
    await run('set role plain');
    const again = await databases.openAgain().finally(async () => {
      await run('reset role');
      await run('drop owned by plain');
      await run('drop role plain');
    });
    expect(again.pgvector).toMatchObject({ isUsed: false, why: expect.stringMatching(/permission denied/) });
  });

  it('compares three times what is large, and then the process does; a small profile it never sees', async () => {
    const db = await databases.open();
    const indexes = new MemoryIndexes({
      bytesMax: plenty,
      model,
      canCompareThere: true,
      leftFromMemories: 20,
    });
    await remember(
      db,
      'large-profile',
      Array.from({ length: 20 }, (_, n) => textOf(n)),
    );
    await remember(
      db,
      'small-profile',
      Array.from({ length: 19 }, (_, n) => textOf(n)),
    );
    const held = async (owner: string) => {
      const { observation, nearness } = await indexes.open(db.reader, owner, vectorOf('a lamp'));
      expect(nearness?.observation.places).toHaveLength(observation.size);
      return observation.vectors.size;
    };
    expect(await held('small-profile')).toBe(19);
    for (const expected of [0, 0, 0, 20, 20]) expect(await held('large-profile')).toBe(expected);
  });

  it('leads to the trust in a model that all vectors lead to', async () => {
    const db = await databases.open();
    await remember(
      db,
      profileId,
      Array.from({ length: 700 }, (_, n) => textOf(n)),
    );
    const trusts = [];
    for (const canCompareThere of [true, false]) {
      const indexes = new MemoryIndexes({ bytesMax: plenty, model, canCompareThere, leftFromMemories: 1 });
      const { observation } = await indexes.open(db.reader, profileId, vectorOf('a lamp'));
      expect(observation.vectors.size).toBe(canCompareThere ? 0 : 700);
      trusts.push(indexes.trust);
    }
    expect(trusts[0]).toBeGreaterThan(0.2);
    expect(trusts[0]).toBe(trusts[1]);
  });

  it('says nothing of a memory whose vector is of an earlier text, or that is gone', async () => {
    const db = await databases.open();
    const fresh = () =>
      new MemoryIndexes({ bytesMax: plenty, model, canCompareThere: true, leftFromMemories: 1 });
    const kept = fresh();
    await remember(db, profileId, ['a lamp', 'a car', 'a tent']);
    const near = async (indexes: MemoryIndexes) => {
      const { observation, nearness } = await indexes.open(db.reader, profileId, vectorOf('a lamp'));
      expect(observation.vectors.size).toBe(0);
      return nearness?.observation.places.map((place) => observation.document(place).terms.has('lamp'));
    };
    expect(await near(kept)).toEqual([true, false, false]);
    const [first, second] = (
      await db.reader.selectFrom('observations').select('id').orderBy('id').execute()
    ).map(({ id }) => id);
    await change(db, { content: 'a piano' }, first);
    expect(await near(kept)).toEqual([false, false]);
    expect(await near(fresh())).toEqual([false, false]);
    await db.transaction(async (tx) => {
      await tx
        .deleteFrom('observations')
        .where('id', '=', second ?? '')
        .execute();
      await nextMemoryVersion(tx, { accountId, profileId }, { removes: true });
    });
    expect(await near(kept)).toEqual([false]);
    expect(await near(fresh())).toEqual([false]);
  });

  it('is not asked about vectors that a process without it has written since', async () => {
    const db = await databases.open();
    await remember(db, profileId, ['a lamp', 'a car', 'a tent']);
    await db.transaction(async (tx) => {
      const memory_version = await nextMemoryVersion(tx, { accountId, profileId });
      const vector = toVectorBytes(vectorOf('a tent'));
      await tx.updateTable('memory_vectors').set({ vector, memory_version }).execute();
    });
    const indexes = new MemoryIndexes({
      bytesMax: plenty,
      model,
      canCompareThere: true,
      leftFromMemories: 1,
    });
    const { nearness } = await indexes.open(db.reader, profileId, vectorOf('a tent'));
    expect(nearness?.observation.cosines).toHaveLength(3);
    for (const cosine of nearness?.observation.cosines ?? []) expect(cosine).toBeCloseTo(1, 5);
  });

  it('is not asked about vectors that came from SQLite, until they are made anew', async () => {
    const source = await openDatabase({ sqliteFile: join(temporaryFolder(), 'rapport.db') });
    onTestFinished(() => source.close());
    await remember(source, profileId, ['a lamp', 'a car', 'a tent']);
    const location = await databases.location();
    const target = await openTransferTarget(location);
    await transfer(source, target);
    await target.close();
    const db = await openDatabase(location);
    const indexes = new MemoryIndexes({
      bytesMax: plenty,
      model,
      canCompareThere: true,
      leftFromMemories: 1,
    });
    const { observation, nearness } = await indexes.open(db.reader, profileId, vectorOf('a lamp'));
    expect(observation.vectors.size).toBe(3);
    expect(Math.max(...(nearness?.observation.cosines ?? []))).toBeCloseTo(1, 5);
  });

  describe('behind a server', () => behindAServer(databases));
});

function behindAServer(databases: TestDatabases): void {
  let provider: EmbeddingServer;
  let server: TestServer;
  let start: () => Promise<TestServer>;
  let path: string;

  beforeAll(async () => {
    provider = await startEmbeddingServer(meaningfulVector);
  });
  afterAll(() => provider?.stop());
  beforeEach(async () => {
    const database = await databases.location();
    const env = {
      RAPPORT_EMBEDDINGS_BASE_URL: provider.baseUrl,
      RAPPORT_EMBEDDINGS_MODEL: model,
      // On a busy machine the vector of the first query is late; Recall would go by words.
      RAPPORT_EMBEDDINGS_TIMEOUT_MS: '10000',
    };
    start = () => startTestServer({ database, env });
    server = await start();
    const created = await server.request('POST', '/v1/ControlPlane/Stores', { displayName: 'large' });
    const { statusUrl } = created.body as { statusUrl: string };
    const operation = await server.request('GET', new URL(statusUrl).pathname);
    const { id } = (operation.body as { result: { id: string } }).result;
    const profile = await server.request('POST', `/v1/Stores/${id}/Profiles`, {
      traits: { Contact: { email: 'dana@example.com' } },
    });
    path = `/v1/Stores/${id}/Profiles/${(profile.body as { id: string }).id}`;
    return () => server.stop();
  });

  const own = () => path.slice(path.lastIndexOf('/') + 1);

  interface Found {
    readonly id: string;
    readonly content: string;
    readonly score: number;
  }

  async function recall(query: string, asked = server): Promise<Found[]> {
    const { status, body } = await asked.request('POST', `${path}/Recall`, { query });
    expect(status).toBe(200);
    return (body as { observations: Found[] }).observations;
  }

  it('finds in a large profile what the process finds, and scores differ in the fourth decimal', async () => {
    const { db } = server.context;
    await remember(
      db,
      own(),
      Array.from({ length: memories }, (_, n) => textOf(n)),
    );
    const query = 'physician in room1234';
    const answers = [];
    for (let asked = 0; asked < 4; asked += 1) answers.push(await recall(query));
    const [cold, , , hot] = answers;
    for (const [at, { score }] of (cold ?? []).entries())
      expect(score).toBeCloseTo(hot?.[at]?.score ?? -1, 3);
    // Those that equal each other but for such a difference may take turns, also about who is the last that is answered.
    const hotIds = new Set(hot?.map(({ id }) => id));
    expect(cold?.filter(({ id }) => hotIds.has(id)).length).toBeGreaterThan(hotIds.size - 3);
    expect(cold?.some(({ content }) => content.includes('doctor'))).toBe(true);
    // What the database has of a memory counts for a process that has not read the vectors, and for no other.
    const { id: odd = '', score = 1 } = hot?.at(-1) ?? {};
    const embedding = toVectorText(vectorOf(query));
    await db.transaction((tx) =>
      tx.updateTable('memory_vectors').set({ embedding }).where('memory_id', '=', odd).execute(),
    );
    const other = await start();
    onTestFinished(() => other.stop());
    const nearer = (await recall(query, other)).find(({ id }) => id === odd);
    expect(nearer?.score).toBeGreaterThan(score);
    expect(await recall(query)).toEqual(hot);
  }, 60_000);

  it('gets each vector that is made, also anew, and keeps none of a profile that is deleted', async () => {
    const { context } = server;
    const observations = ['a lamp', 'a car'].map((content) => ({
      content,
      source: 'test',
      occurredAt: '2026-01-01T00:00:00Z',
    }));
    const vectors = () => context.db.reader.selectFrom('memory_vectors').selectAll().execute();
    await server.request('POST', `${path}/Observations`, { observations });
    await server.idle();
    const made = await vectors();
    expect(made).toHaveLength(2);
    for (const row of made) {
      const numbers = JSON.parse(row.embedding ?? '[]') as number[];
      expect(toVectorBytes(Float32Array.from(numbers))).toEqual(Uint8Array.from(row.vector));
      expect(row.embedding_version).toBe(row.memory_version);
    }
    await context.db.transaction((tx) =>
      tx.updateTable('memory_vectors').set({ embedding: null, embedding_version: null }).execute(),
    );
    await requestReindex(context, model, accountId);
    await server.idle();
    expect((await vectors()).map(({ embedding }) => embedding).sort()).toEqual(
      made.map(({ embedding }) => embedding).sort(),
    );
    await server.request('DELETE', path);
    await server.idle();
    expect(await vectors()).toEqual([]);
  });
}
