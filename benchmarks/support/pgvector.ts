import pg from 'pg';
import { listVectorsSince } from '../../src/memory/search/memory-version.store.ts';
import { toVector, toVectorBytes } from '../../src/memory/search/vector-bytes.ts';
import { VectorSet } from '../../src/memory/search/vector-set.ts';
import { type Database, openDatabase } from '../../src/storage/index.ts';
import { type PostgresBench, startPostgresDatabase } from './database.ts';
import { percentile, round } from './machine.ts';
import { type PostgresWatch, watchPostgres } from './postgres-cost.ts';

const profileId = 'mem_profile_bench';
const model = 'bench';
const rounds = 40;

/** What it costs to learn how near a profile's vectors are to one, when the process holds none of them. */
export interface ColdCosts {
  /** All vectors are read, put into the matrix and compared there, as the server does it. */
  readonly loaded: Cost;
  /** The extension compares them, and a cosine for each comes over the wire. */
  readonly extension: Cost;
}

interface Cost {
  readonly p50Ms: number;
  readonly processCpuMs: number;
  readonly postgresCpuMs: number;
}

/** Our schema on PostgreSQL with a column of pgvector's in `memory_vectors` beside that of bytes. */
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
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  started.defer(() => client.end());
  await client.query('create extension vector');
  await client.query('alter table memory_vectors add column embedding vector');
  const watch = await watchPostgres(postgresUrl);
  started.defer(watch.stop);
  const { rows } = await client.query<{ extversion: string }>(
    `select extversion from pg_extension where extname = 'vector'`,
  );
  const resources = started.move();
  return {
    description: { ...database.description, pgvector: rows[0]?.extversion ?? '' },
    async measure(vectors, asked) {
      await fill(client, vectors);
      return {
        loaded: await costOf(watch, asked, (vector) => loadAndCompare(db, vector)),
        extension: await costOf(watch, asked, (vector) => compareThere(client, vector)),
      };
    },
    stop: () => resources.disposeAsync(),
  };
}

async function fill(client: pg.Client, vectors: readonly Float32Array[]): Promise<void> {
  await client.query('truncate memory_vectors');
  await client.query('begin');
  for (const [at, vector] of vectors.entries()) {
    await client.query(`insert into memory_vectors values ('AC', $1, 'observation', $2, $3, 1, $4, $5)`, [
      profileId,
      `memory-${at}`,
      model,
      toVectorBytes(vector),
      textOf(vector),
    ]);
  }
  await client.query('commit');
  await client.query('vacuum analyze memory_vectors');
}

async function loadAndCompare(db: Database, vector: Float32Array): Promise<void> {
  const matrix = new VectorSet();
  const rows = await listVectorsSince(db.reader, profileId, model, undefined);
  for (const [place, row] of rows.entries()) matrix.put(place, toVector(row.vector));
  matrix.cosines(vector);
}

async function compareThere(client: pg.Client, vector: Float32Array): Promise<void> {
  // Of vectors of length 1 the inner product is the cosine.
  await client.query(
    `select kind, memory_id, memory_version, -(embedding <#> $3::vector) as cosine
    from memory_vectors where profile_id = $1 and model = $2`,
    [profileId, model, textOf(vector)],
  );
}

function textOf(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}

async function costOf(
  watch: PostgresWatch,
  asked: readonly Float32Array[],
  work: (vector: Float32Array) => Promise<void>,
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
