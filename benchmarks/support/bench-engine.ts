import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresSettings, startOwnPostgres } from '../../tests/support/postgres-server.ts';
import { describePostgres, sqliteDatabase } from './database.ts';
import { openPostgresStorage, openSqliteStorage, type StorageConnection } from './storage-connection.ts';

/** An engine on which several databases stand side by side. */
export interface BenchEngine {
  /** As it stands in results. */
  readonly description: Readonly<Record<string, string>>;
  createPlace(): Promise<BenchPlace>;
  /** Ends it and removes all that is in its places. */
  stop(): Promise<void>;
}

/** An empty database. */
export interface BenchPlace {
  readonly dataDir: string;
  /** What a server needs besides. */
  readonly env: Readonly<Record<string, string>>;
  openStorage(): Promise<StorageConnection>;
}

export async function startSqliteEngine(): Promise<BenchEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  return {
    description: sqliteDatabase.description,
    async createPlace() {
      const dataDir = mkdtempSync(join(folder, 'data-'));
      return { dataDir, env: {}, openStorage: async () => openSqliteStorage(dataDir) };
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** PostgreSQL with these settings, or the one that `RAPPORT_TEST_POSTGRES_URL` names. */
export async function startPostgresEngine(settings: PostgresSettings): Promise<BenchEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-bench-'));
  const server = await startOwnPostgres(settings);
  return {
    description: await describePostgres(await server.createDatabase()),
    async createPlace() {
      const dataDir = mkdtempSync(join(folder, 'data-'));
      const url = await server.createDatabase();
      return { dataDir, env: { DATABASE_URL: url }, openStorage: () => openPostgresStorage(url) };
    },
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
