import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import { migrate } from './migrations/index.ts';
import type { EmbeddedPostgres, PostgresDatabase, PostgresOptions } from './postgres/postgres-database.ts';
import { SqliteDatabase } from './sqlite/sqlite-database.ts';
import { isTransferUnderWay } from './transfer/transfer-progress.ts';

/** Where the data is: one SQLite file, a PostgreSQL server, or an embedded PostgreSQL (for tests). */
export type DatabaseLocation =
  | { sqliteFile: string }
  | ({ postgresUrl: string } & PostgresOptions)
  | { embeddedPostgres: EmbeddedPostgres };

/** A statement of a transfer may go through a whole table. */
const transferTimeoutMs = 60 * 60_000;

/** Opens the database and brings its schema up to date. Throws while data is being moved into it. */
export async function openDatabase(location: DatabaseLocation): Promise<Database> {
  return open(location, async (database) => {
    if (database.engine === 'postgres' && (await isTransferUnderWay(database.reader))) {
      throw new Error(
        'The database is being filled by `rapport migrate-engine`; run it again to its end, or give an empty database',
      );
    }
  });
}

/** The same for the target of `transfer`, whether it is empty or half filled. */
export async function openTransferTarget(location: DatabaseLocation): Promise<Database> {
  const patient =
    'postgresUrl' in location ? { ...location, statementTimeoutMs: transferTimeoutMs } : location;
  return open(patient);
}

async function open(
  location: DatabaseLocation,
  check: (database: Database) => Promise<void> = async () => undefined,
): Promise<Database> {
  const database = await connect(location);
  try {
    // The migrator is indifferent to the tables' types.
    await database.changeSchema((db) => migrate(db as unknown as Kysely<never>, database.engine));
    if (database.engine === 'postgres') await database.addPgvector();
    await check(database);
    return database;
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
}

async function connect(location: DatabaseLocation): Promise<SqliteDatabase | PostgresDatabase> {
  if ('sqliteFile' in location) return new SqliteDatabase(location.sqliteFile);
  // Most servers work on a file and have no use for the driver.
  const { PostgresDatabase } = await import('./postgres/postgres-database.ts');
  if ('postgresUrl' in location) return PostgresDatabase.connect(location.postgresUrl, location);
  return PostgresDatabase.embedded(location.embeddedPostgres);
}
