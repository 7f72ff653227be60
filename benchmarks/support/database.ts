import pg from 'pg';
import { startOwnPostgres } from '../../tests/support/postgres-server.ts';

/** Where the server of a benchmark keeps its data. */
export interface BenchDatabase {
  /** Its settings for the server, by environment variable. */
  readonly env: Readonly<Record<string, string>>;
  /** Engine, version and what decides its speed; stands in results. */
  readonly description: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** What a reader of a result wants to know of a PostgreSQL server. */
const settingNames = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'max_wal_size',
];

/** SQLite in the server's data directory, whose settings the server itself insists on. */
export const sqliteDatabase: BenchDatabase = {
  env: {},
  description: { engine: 'SQLite', journal_mode: 'wal', synchronous: 'full' },
  stop: async () => undefined,
};

/** A PostgreSQL server that may hold more than the database of the server. */
export interface PostgresBench extends BenchDatabase {
  /** URL of another empty database. */
  createDatabase(): Promise<string>;
}

/**
 * An empty database on the PostgreSQL server that `RAPPORT_TEST_POSTGRES_URL` names, or on one of our own with the default
 * settings: what it has acknowledged is on disk.
 */
export async function startPostgresDatabase(): Promise<PostgresBench> {
  const server = await startOwnPostgres({});
  const url = await server.createDatabase();
  return {
    env: { DATABASE_URL: url },
    description: await describePostgres(url),
    createDatabase: server.createDatabase,
    stop: server.stop,
  };
}

/** Version of pgvector that could be installed in a database; undefined when there is none. */
export async function findPgvector(url: string): Promise<string | undefined> {
  const text = "select default_version as version from pg_available_extensions where name = 'vector'";
  const [found] = await query<{ version: string }>(url, text);
  return found?.version;
}

/** Version and settings of the server behind a URL, as they stand in results. */
export async function describePostgres(url: string): Promise<Record<string, string>> {
  const rows = await query<{ name: string; value: string }>(
    url,
    'select name, current_setting(name) as value from unnest($1::text[]) as names (name)',
    [settingNames],
  );
  return { engine: 'PostgreSQL', ...Object.fromEntries(rows.map(({ name, value }) => [name, value])) };
}

async function query<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Row>(text, values).finally(() => client.end());
  return rows;
}
