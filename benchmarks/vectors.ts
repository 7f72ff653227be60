import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Sqlite from 'better-sqlite3';
import { VectorSet } from '../src/memory/search/vector-set.ts';
import { seededChance } from './support/invented-dialogue.ts';
import { describeMachine, percentile, round } from './support/machine.ts';
import { startPgvector } from './support/pgvector.ts';

const dimension = 384;
const sizes = [500, 2000, 10_000];
const queries = 100;
const nearest = 50;

/**
 * How long it takes to find the fifty vectors of a profile that are nearest to one: by the matrix that the server holds in
 * memory, and by SQLite's vector extension, over a table like ours and over one of its own. `--sqlite-vec FILE` is the extension
 * (`vec0.so`), which is no dependency of ours; without it the matrix alone is measured. `--pgvector` compares what it costs on
 * PostgreSQL to load a profile's vectors with what it costs to have that extension compare them, on a server that has it: vectors
 * alone, and with everything else that Recall of a profile that is not in memory needs before it ranks.
 */
export async function run(args: string[]): Promise<unknown> {
  const { values } = parseArgs({
    args,
    options: { 'sqlite-vec': { type: 'string' }, pgvector: { type: 'boolean' } },
  });
  if (values.pgvector) return runPgvector();
  const byVectors = Object.fromEntries(sizes.map((size) => [size, measure(size, values['sqlite-vec'])]));
  return { benchmark: 'vectors', machine: describeMachine(), dimension, queries, byVectors };
}

async function runPgvector(): Promise<unknown> {
  const bench = await startPgvector();
  try {
    const byVectors: Record<number, unknown> = {};
    for (const size of sizes) {
      const { vectors, asked } = invent(size);
      byVectors[size] = await bench.measure(vectors, asked);
      process.stderr.write(`${size} vectors on PostgreSQL: ${JSON.stringify(byVectors[size])}\n`);
    }
    const machine = describeMachine();
    return { benchmark: 'vectors', machine, database: bench.description, dimension, byVectors };
  } finally {
    await bench.stop();
  }
}

function invent(size: number) {
  const chance = seededChance(size);
  return {
    vectors: Array.from({ length: size }, () => randomUnit(chance)),
    asked: Array.from({ length: queries }, () => randomUnit(chance)),
  };
}

function measure(size: number, extension: string | undefined) {
  const { vectors, asked } = invent(size);
  const matrix = new VectorSet();
  for (const [place, vector] of vectors.entries()) matrix.put(place, vector);
  const inMemory = time(asked, (vector) => matrix.cosines(vector));
  process.stderr.write(`${size} vectors in memory: ${JSON.stringify(inMemory)}\n`);
  return extension ? { inMemory, ...measureExtension(extension, vectors, asked) } : { inMemory };
}

function measureExtension(
  extension: string,
  vectors: readonly Float32Array[],
  asked: readonly Float32Array[],
) {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  const db = new Sqlite(join(folder, 'vectors.db'));
  try {
    db.loadExtension(extension);
    fill(db, vectors);
    const plain = db.prepare(
      `select memory_id from plain where profile_id = 'p' order by vec_distance_cosine(vector, ?) limit ${nearest}`,
    );
    const own = db.prepare(
      `select memory_id from own where profile_id = 'p' and vector match ? and k = ${nearest} order by distance`,
    );
    const results = {
      extensionOverTable: time(asked, (vector) => plain.all(bytesOf(vector))),
      extensionOverOwnTable: time(asked, (vector) => own.all(bytesOf(vector))),
    };
    process.stderr.write(`${vectors.length} vectors by the extension: ${JSON.stringify(results)}\n`);
    return results;
  } finally {
    db.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function fill(db: Sqlite.Database, vectors: readonly Float32Array[]): void {
  db.exec(`
    create table plain (profile_id text, memory_id text, vector blob, primary key (profile_id, memory_id)) without rowid;
    create virtual table own using vec0(
      profile_id text partition key, +memory_id text, vector float[${dimension}] distance_metric=cosine);
    begin`);
  for (const table of ['plain', 'own']) {
    const insert = db.prepare(`insert into ${table} (profile_id, memory_id, vector) values ('p', ?, ?)`);
    for (const [at, vector] of vectors.entries()) insert.run(`memory-${at}`, bytesOf(vector));
  }
  db.exec('commit');
}

/** The first half of the queries warms up. */
function time(asked: readonly Float32Array[], find: (vector: Float32Array) => unknown) {
  const durations = [...asked, ...asked].map((vector) => {
    const startedAt = performance.now();
    find(vector);
    return performance.now() - startedAt;
  });
  const warm = durations.slice(asked.length);
  return { p50Ms: round(percentile(warm, 0.5), 2), p95Ms: round(percentile(warm, 0.95), 2) };
}

function randomUnit(chance: () => number): Float32Array {
  const values = Array.from({ length: dimension }, () => chance() - 0.5);
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}

function bytesOf({ buffer }: Float32Array): Buffer {
  return Buffer.from(buffer);
}
