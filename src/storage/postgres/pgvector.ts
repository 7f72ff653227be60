import { type Kysely, sql } from 'kysely';
import type { Schema } from '../schema.ts';

/** Whether PostgreSQL compares vectors, by its extension pgvector; `why` it does not is for whoever runs the server. */
export type Pgvector = { readonly isUsed: true } | { readonly isUsed: false; readonly why: string };

/** The columns that `memory_vectors` has more where the extension is; no migration knows them. */
export const pgvectorColumns: readonly string[] = ['embedding', 'embedding_version'];

/**
 * Gives `memory_vectors` the columns that the extension compares by, where it can be had. Once the table has them, every process
 * that opens the database uses them. Of several that start at once one adds them while the others wait.
 */
export async function addPgvector(db: Kysely<Schema>): Promise<Pgvector> {
  if (await hasColumns(db)) return { isUsed: true };
  if (!(await isAvailable(db)))
    return { isUsed: false, why: 'the database server does not have the extension' };
  try {
    await db.transaction().execute(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtextextended('memory-vectors-columns', 0))`.execute(tx);
      if (!(await hasColumns(tx))) await addColumns(tx);
    });
    return { isUsed: true };
  } catch (error) {
    // The server works without it, whatever it is that the database does not allow.
    return { isUsed: false, why: error instanceof Error ? error.message : String(error) };
  }
}

async function hasColumns(db: Kysely<Schema>): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_attribute
    where attrelid = to_regclass('memory_vectors') and attname in (${sql.join(pgvectorColumns)}) and not attisdropped`.execute(
    db,
  );
  return rows.length === pgvectorColumns.length;
}

async function isAvailable(db: Kysely<Schema>): Promise<boolean> {
  const { rows } = await sql`select 1 from pg_available_extensions where name = 'vector'`.execute(db);
  return rows.length > 0;
}

/** Of no dimension: what it is depends on the model. One column may be left of an extension that was removed. */
async function addColumns(db: Kysely<Schema>): Promise<void> {
  await sql`create extension if not exists vector`.execute(db);
  await sql`
    alter table memory_vectors
    add column if not exists embedding vector, add column if not exists embedding_version bigint`.execute(db);
}
