import { type Kysely, sql } from 'kysely';
import type { Database, Reader } from '../database.ts';
import { pgvectorColumns } from '../postgres/pgvector.ts';

/** A row of any table, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** The same database, for queries on tables that are known by their names only. */
export type AnyTables = Kysely<Record<string, Row>>;

/** A table as it is moved and compared. */
export interface TransferTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Names a row, and leads through all of them along an index of either engine. */
  readonly key: readonly string[];
  /** Written by `SchemaWriter.log`: the database numbers its rows. */
  readonly isLog: boolean;
}

/** What makes the rows of a log one order on both engines, which have different primary keys for it. */
const logKey = ['account_id', 'transaction_id', 'position'];

interface Column {
  readonly table: string;
  readonly name: string;
  /** Place in the primary key, from 1; 0 when it is not part of it. */
  readonly pk: number;
  readonly isLog: 0 | 1;
}

/** Every table that the schema of a SQLite database has, but for the migrator's own. */
export async function listTransferTables(source: Database): Promise<TransferTable[]> {
  const { rows } = await sql<Column>`
    select tables.name as "table", columns.name as name, columns.pk as pk,
      tables.sql like '%primary key autoincrement%' as "isLog"
    from sqlite_schema as tables, pragma_table_info(tables.name) as columns
    where tables.type = 'table' and tables.name not glob 'sqlite_*' and tables.name not glob 'kysely_*'
    order by tables.name, columns.cid`.execute(source.reader);
  return [...Map.groupBy(rows, ({ table }) => table)].map(([name, columns]) => toTable(name, columns));
}

function toTable(name: string, columns: readonly Column[]): TransferTable {
  const primary = columns.filter(({ pk }) => pk > 0).toSorted((one, other) => one.pk - other.pk);
  const isLog = columns.some((column) => column.isLog === 1);
  return {
    name,
    columns: columns.map((column) => column.name),
    key: isLog ? logKey : primary.map((column) => column.name),
    isLog,
  };
}

/**
 * Throws when these tables have other columns in a PostgreSQL database; it may have tables of other programs beside them, and the
 * columns of pgvector, which stay empty.
 */
export async function assertSameTables(target: Reader, tables: readonly TransferTable[]): Promise<void> {
  const names = tables.map(({ name }) => name);
  const { rows } = await sql<{ column: string }>`
    select table_name || '.' || column_name as column from information_schema.columns
    where table_schema = current_schema() and table_name in (${sql.join(names)})`.execute(target);
  const own = new Set(pgvectorColumns.map((column) => `memory_vectors.${column}`));
  const there = rows.map(({ column }) => column).filter((column) => !own.has(column));
  const here = tables.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`));
  const different = [...missingFrom(there, here), ...missingFrom(here, there)].sort();
  if (different.length > 0) {
    throw new Error(`The two databases do not have the same columns: ${different.join(', ')}`);
  }
}

function missingFrom(names: readonly string[], wanted: readonly string[]): string[] {
  const known = new Set(names);
  return wanted.filter((name) => !known.has(name));
}

/** The tables that have rows. */
export async function listFilledTables(reader: Reader, tables: readonly TransferTable[]): Promise<string[]> {
  const filled: string[] = [];
  for (const { name } of tables) {
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(reader);
    if (rows.length > 0) filled.push(name);
  }
  return filled;
}

export async function countRows(reader: Reader, { name }: TransferTable): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(name)}`.execute(
    reader,
  );
  return Number(rows[0]?.count);
}
