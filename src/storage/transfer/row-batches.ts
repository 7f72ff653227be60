import { sql } from 'kysely';
import type { Reader, Tx } from '../database.ts';
import type { AnyTables, Row, TransferTable } from './transfer-tables.ts';

/** Rows that are written in one transaction, */
const batchRowsMax = 500;
/** and how much text and bytes, but for the last of them: one event may hold a text of 8 MiB. */
const batchBytesMax = 4 * 1024 * 1024;

/** The key of a row, as values in the order of the table's key. */
export type RowKey = readonly unknown[];

export function keyOf({ key }: TransferTable, row: Row): RowKey {
  return key.map((column) => row[column]);
}

/**
 * The rows of a SQLite table after a key, in order, in batches that fit in memory whatever is in them. The reader takes no other
 * query until the last batch.
 */
export async function* readBatches(
  reader: Reader,
  table: TransferTable,
  after: RowKey | undefined,
): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for await (const row of rowsAfter(reader, table, after).stream()) {
    batch.push(row);
    bytes += sizeOf(row);
    if (batch.length < batchRowsMax && bytes < batchBytesMax) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** The next rows after a key, in order. */
export async function readRows(
  reader: Reader,
  table: TransferTable,
  { after, max }: { after: RowKey | undefined; max: number },
): Promise<Row[]> {
  return rowsAfter(reader, table, after).limit(max).execute();
}

export async function insertRows(tx: Tx, table: TransferTable, rows: readonly Row[]): Promise<void> {
  const columns = sql.join(table.columns.map((column) => sql.ref(column)));
  const values = rows.map((row) => sql`(${sql.join(table.columns.map((column) => row[column]))})`);
  // Positions of logs are kept, where the database would give new ones.
  await sql`insert into ${sql.table(table.name)} (${columns}) overriding system value values ${sql.join(values)}`.execute(
    tx,
  );
}

function rowsAfter(reader: Reader, { name, columns, key }: TransferTable, after: RowKey | undefined) {
  // The types of tables are of no use to somebody who moves all of them alike.
  const tables = reader as unknown as AnyTables;
  let query = tables.selectFrom(name).select([...columns]);
  for (const column of key) query = query.orderBy(column);
  if (!after) return query;
  return query.where(
    sql<boolean>`(${sql.join(key.map((column) => sql.ref(column)))}) > (${sql.join(after)})`,
  );
}

function sizeOf(row: Row): number {
  let bytes = 0;
  for (const value of Object.values(row)) {
    if (typeof value === 'string' || value instanceof Uint8Array) bytes += value.length;
  }
  return bytes;
}
