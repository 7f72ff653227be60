import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import { migrate } from './migrations/index.ts';
import {
  type EmbeddedPostgres,
  PostgresDatabase,
  type PostgresOptions,
} from './postgres/postgres-database.ts';
import { SqliteDatabase } from './sqlite/sqlite-database.ts';

/** Where the data is: one SQLite file, a PostgreSQL server, or an embedded PostgreSQL (for tests). */
export type DatabaseLocation =
  | { sqliteFile: string }
  | ({ postgresUrl: string } & PostgresOptions)
  | { embeddedPostgres: EmbeddedPostgres };

/** Opens the database and brings its schema up to date. */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  const database = connect(location);
  try {
    // The migrator is indifferent to the tables' types.
    await database.changeSchema((db) => migrate(db as unknown as Kysely<never>, database.engine));
    return database;
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}

function connect(location: DatabaseLocation): SqliteDatabase | PostgresDatabase {
  if ('sqliteFile' in location) return new SqliteDatabase(location.sqliteFile);
  if ('postgresUrl' in location) return PostgresDatabase.connect(location.postgresUrl, location);
  return PostgresDatabase.embedded(location.embeddedPostgres);
}
