import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import pg from 'pg';

/** Straight to the tables of a database that no server is using: for filling it, and for looking at what it takes on disk. */
export interface StorageConnection {
  rows<Row>(text: string): Promise<Row[]>;
  run(text: string): Promise<void>;
  /** Tables that have a column of this name. */
  tablesWith(column: string): Promise<string[]>;
  /** Every table and every index with the bytes that it takes. */
  parts(): Promise<StoragePart[]>;
  /** What a database does by itself in time: statistics are gathered, and everything is in its place on disk. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface StoragePart {
  readonly table: string;
  /** Of the index, or of the table again. */
  readonly name: string;
  readonly bytes: number;
}

const cacheKibibytes = 500_000;

/** Nothing that is written through it has to survive a crash. */
export function openSqliteStorage(dataDir: string): StorageConnection {
  const sqlite = new Sqlite(join(dataDir, 'rapport.db'));
  for (const pragma of ['journal_mode = off', 'synchronous = off', `cache_size = -${cacheKibibytes}`]) {
    sqlite.pragma(pragma);
  }
  // The caller knows what it has asked for.
  const rows = async <Row>(text: string) => sqlite.prepare(text).all() as Row[];
  const run = async (text: string) => {
    sqlite.exec(text);
    // Signals are heard in between.
    await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    rows,
    run,
    async tablesWith(column) {
      const found = await rows<{ name: string }>(
        `select m.name from sqlite_master as m join pragma_table_info(m.name) as c on c.name = '${column}' where m.type = 'table' order by 1`,
      );
      return found.map(({ name }) => name);
    },
    parts: () =>
      rows(
        `select m.tbl_name as "table", m.name, s.pgsize as bytes from sqlite_master as m
         join (select name, pgsize from dbstat where aggregate = true) as s on s.name = m.name order by 1, 2`,
      ),
    settle: async () => undefined,
    async close() {
      sqlite.pragma('journal_mode = wal');
      sqlite.close();
    },
  };
}

const bigintOid = 20;

/** What is written through it is on disk from `settle` on. */
export async function openPostgresStorage(url: string): Promise<StorageConnection> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: (oid) => (oid === bigintOid ? Number : pg.types.getTypeParser(oid)) },
  });
  await client.connect();
  const rows = async <Row extends object>(text: string) => (await client.query<Row>(text)).rows;
  const run = async (text: string) => void (await client.query(text));
  await run('set synchronous_commit = off');
  return {
    // The caller knows what it has asked for.
    rows: rows as StorageConnection['rows'],
    run,
    async tablesWith(column) {
      const found = await rows<{ table_name: string }>(
        `select table_name from information_schema.columns where table_schema = 'public' and column_name = '${column}' order by 1`,
      );
      return found.map((row) => row.table_name);
    },
    parts: () =>
      rows(
        `select relname as "table", relname as name, pg_table_size(oid) as bytes from pg_class
         where relkind = 'r' and relnamespace = 'public'::regnamespace
         union all
         select t.relname, i.relname, pg_relation_size(i.oid) from pg_index as x
         join pg_class as i on i.oid = x.indexrelid join pg_class as t on t.oid = x.indrelid
         where t.relnamespace = 'public'::regnamespace order by 1, 2`,
      ),
    async settle() {
      await run('vacuum (analyze)');
      await run('checkpoint');
    },
    close: () => client.end(),
  };
}
