import pg from 'pg';
import { upsertVectors } from '../../src/memory/embeddings/embedding.store.ts';
import { insertObservations } from '../../src/memory/observations/observation.store.ts';
import { MemoryIndexes, nextMemoryVersion } from '../../src/memory/search/index.ts';
import { listVectorsSince } from '../../src/memory/search/memory-version.store.ts';
import { listCosines } from '../../src/memory/search/nearness.store.ts';
import { toVector } from '../../src/memory/search/vector-bytes.ts';
import { VectorSet } from '../../src/memory/search/vector-set.ts';
import { type Database, openDatabase } from '../../src/storage/index.ts';
import { findPgvector, type PostgresBench, startPostgresDatabase } from './database.ts';
import { inventTurn, seededChance } from './invented-dialogue.ts';
import { percentile, round } from './machine.ts';
import { type PostgresWatch, watchPostgres } from './postgres-cost.ts';

const owner = { accountId: 'AC', profileId: 'mem_profile_bench' };
const { profileId } = owner;
const model = 'bench';
const rounds = 20;
const rowsPerTransaction = 500;

/** What it costs to learn how near a profile's memories are to a query, when the process holds nothing of them. */
export interface ColdCosts {
  readonly vectors: CostsBothWays;
  /** The same with all that Recall reads and builds before it ranks: the index of words, and the sample for the trust. */
  readonly indexes: CostsBothWays;
}

interface CostsBothWays {
  /** All vectors are read, put into the matrix and compared there. */
  readonly loaded: Cost;
  /** The extension compares them, and a cosine for each comes over the wire. */
  readonly extension: Cost;
}

interface Cost {
  readonly p50Ms: number;
  readonly processCpuMs: number;
  readonly postgresCpuMs: number;
}

/** A server's database on PostgreSQL with pgvector. */
export interface PgvectorBench {
  readonly description: PostgresBench['description'];
  measure(vectors: readonly Float32Array[], asked: readonly Float32Array[]): Promise<ColdCosts>;
  stop(): Promise<void>;
}

/** Throws where the server cannot have the extension. */
export async function startPgvector(): Promise<PgvectorBench> {
  await using started = new AsyncDisposableStack();
  const database = await startPostgresDatabase();
  started.defer(database.stop);
  const postgresUrl = database.env['DATABASE_URL'] ?? '';
  const db = await openDatabase({ postgresUrl });
  started.defer(() => db.close());
  if (!db.pgvector?.isUsed) throw new Error(`no pgvector: ${db.pgvector?.why}`);
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  started.defer(() => client.end());
  const watch = await watchPostgres(postgresUrl);
  started.defer(watch.stop);
  const description = { ...database.description, pgvector: (await findPgvector(postgresUrl)) ?? '' };
  const resources = started.move();
  return {
    description,
    async measure(vectors, asked) {
      await client.query('truncate memory_vectors, observations');
      await fill(db, vectors);
      await client.query('vacuum analyze memory_vectors, observations');
      const cost = (work: (vector: Float32Array) => Promise<unknown>) => costOf(watch, asked, work);
      return {
        vectors: {
          loaded: await cost((vector) => loadAndCompare(db, vector)),
          extension: await cost((vector) => listCosines(db.reader, { profileId, model }, vector)),
        },
        indexes: {
          loaded: await cost((vector) => openCold(db, vector, false)),
          extension: await cost((vector) => openCold(db, vector, true)),
        },
      };
    },
    stop: () => resources.disposeAsync(),
  };
}

/** Observations of invented turns, which the vectors have nothing to do with: what is compared does not depend on that. */
async function fill(db: Database, vectors: readonly Float32Array[]): Promise<void> {
  const chance = seededChance(vectors.length);
  for (let start = 0; start < vectors.length; start += rowsPerTransaction) {
    const some = vectors.slice(start, start + rowsPerTransaction);
    await db.transaction(async (tx) => {
      const memory_version = await nextMemoryVersion(tx, owner);
      const ids = some.map((_, at) => `mem_observation_${start + at}`);
      await insertObservations(
        tx,
        ids.map((id, at) => observation(id, inventTurn(chance, start + at), memory_version)),
      );
      await upsertVectors(
        tx,
        { owner, model, version: memory_version, hasPgvector: true },
        some.map((vector, at) => ({ kind: 'observation', id: ids[at] ?? '', vector })),
      );
    });
  }
}

function observation(id: string, content: string, memory_version: number) {
  return {
    account_id: owner.accountId,
    store_id: 'mem_store_bench',
    profile_id: profileId,
    id,
    content,
    source: 'bench',
    occurred_at: memory_version,
    conversation_ids_json: '[]',
    created_at: memory_version,
    updated_at: memory_version,
    revision: 1,
    memory_version,
  };
}

async function loadAndCompare(db: Database, vector: Float32Array): Promise<void> {
  const matrix = new VectorSet();
  const rows = await listVectorsSince(db.reader, profileId, model, undefined);
  for (const [place, row] of rows.entries()) matrix.put(place, toVector(row.vector));
  matrix.cosines(vector);
}

async function openCold(db: Database, vector: Float32Array, canCompareThere: boolean): Promise<void> {
  const indexes = new MemoryIndexes({ bytesMax: 1e9, model, canCompareThere, leftFromMemories: 1 });
  await indexes.open(db.reader, profileId, vector);
}

async function costOf(
  watch: PostgresWatch,
  asked: readonly Float32Array[],
  work: (vector: Float32Array) => Promise<unknown>,
): Promise<Cost> {
  const some = asked.slice(0, rounds);
  for (const vector of some) await work(vector);
  const durations: number[] = [];
  const [processBefore, postgresBefore] = [process.cpuUsage(), await watch.use()];
  for (const vector of some) {
    const startedAt = performance.now();
    await work(vector);
    durations.push(performance.now() - startedAt);
  }
  const { user, system } = process.cpuUsage(processBefore);
  const { cpuMs } = await watch.use();
  return {
    p50Ms: round(percentile(durations, 0.5), 2),
    processCpuMs: round((user + system) / 1000 / some.length, 2),
    postgresCpuMs: round((cpuMs - postgresBefore.cpuMs) / some.length, 2),
  };
}
