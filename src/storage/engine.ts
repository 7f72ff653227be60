import { PostgresAdapter } from 'kysely';
import type { Database, Reader } from './database.ts';

/** The engine behind a reader or a transaction, for the few queries that differ. */
export function engineOf(reader: Reader): Database['engine'] {
  return reader.getExecutor().adapter instanceof PostgresAdapter ? 'postgres' : 'sqlite';
}
