import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import type { Database, Tx } from '../database.ts';
import { insertRows, keyOf, type RowKey, readBatches, readRows } from './row-batches.ts';
import { RowDigest, type TableDigest } from './row-digest.ts';
import { beginTransfer, endTransfer, saveProgress, type TableProgress } from './transfer-progress.ts';
import { assertSameTables, countRows, listTransferTables, type TransferTable } from './transfer-tables.ts';

/** A step of a transfer, for whoever watches it. */
export interface TransferStep {
  readonly phase: 'move' | 'compare';
  readonly table: string;
  readonly rowsDone: number;
  readonly rowsTotal: number;
}

/** Called after each batch that is on disk, and for each table at its end. What it throws ends the transfer. */
export type OnTransferStep = (step: TransferStep) => void;

/**
 * Moves everything in a SQLite database into an empty PostgreSQL database, both with the current schema, and compares the two.
 * It goes on where an earlier call ended, in whatever way, and answers what each table holds. Throws, and leaves the target
 * closed to servers, when source and target differ at the end; throws before it writes anything when the target holds
 * something else.
 */
export async function transfer(
  source: Database,
  target: Database,
  onStep: OnTransferStep = () => undefined,
): Promise<ReadonlyMap<string, TableDigest>> {
  if (source.engine !== 'sqlite' || target.engine !== 'postgres') {
    throw new Error('Data is moved from SQLite to PostgreSQL only');
  }
  const tables = await listTransferTables(source);
  await assertSameTables(target.reader, tables);
  const progress = await beginTransfer(target, tables, await findOrigin(source));
  // This transaction writes nothing. While it is open nobody else writes to the source: a command line may run beside.
  return source.transaction(async () => {
    for (const table of tables) await moveTable({ source, target, onStep }, table, progress.get(table.name));
    await sql`analyze`.execute(target.reader);
    const digests = await compareTables({ source, target, onStep }, tables);
    await target.transaction((tx) => finish(tx, source, tables));
    return digests;
  });
}

interface Transfer {
  readonly source: Database;
  readonly target: Database;
  readonly onStep: OnTransferStep;
}

/** Two databases are the same one, perhaps copied, when their first migration ran at the same millisecond. */
async function findOrigin(source: Database): Promise<string> {
  const { rows } = await sql<{ timestamp: string }>`
    select timestamp from kysely_migration order by timestamp, name limit 1`.execute(source.reader);
  return `sqlite ${rows[0]?.timestamp}`;
}

async function moveTable(
  { source, target, onStep }: Transfer,
  table: TransferTable,
  { rowsDone, lastKey }: TableProgress = { rowsDone: 0, lastKey: undefined },
): Promise<void> {
  const rowsTotal = await countRows(source.reader, table);
  const report = () => onStep({ phase: 'move', table: table.name, rowsDone: done, rowsTotal });
  let done = rowsDone;
  for await (const rows of readBatches(source.reader, table, lastKey)) {
    done += rows.length;
    await target.transaction((tx) => moveBatch(tx, table, rows, done));
    report();
  }
  if (done === rowsDone) report();
}

async function moveBatch(
  tx: Tx,
  table: TransferTable,
  rows: readonly Record<string, unknown>[],
  rowsDone: number,
) {
  await insertRows(tx, table, rows);
  await saveProgress(tx, table, { rowsDone, lastKey: lastKeyOf(table, rows) });
}

async function compareTables(
  parts: Transfer,
  tables: readonly TransferTable[],
): Promise<Map<string, TableDigest>> {
  const digests = new Map<string, TableDigest>();
  const different: string[] = [];
  for (const table of tables) {
    const { ofSource, ofTarget } = await digestTable(parts, table);
    if (!isDeepStrictEqual(ofSource, ofTarget)) different.push(table.name);
    digests.set(table.name, ofTarget);
  }
  if (different.length === 0) return digests;
  throw new Error(
    `Source and target differ in ${different.join(', ')}: one of them was written to meanwhile. Begin again with an empty target`,
  );
}

/** Both are read in step, so that the batches of the target are as small as those of the source. */
async function digestTable(
  { source, target, onStep }: Transfer,
  table: TransferTable,
): Promise<{ ofSource: TableDigest; ofTarget: TableDigest }> {
  const ofSource = new RowDigest(table);
  const ofTarget = new RowDigest(table);
  const rowsTotal = await countRows(source.reader, table);
  let after: RowKey | undefined;
  let rowsDone = 0;
  for await (const rows of readBatches(source.reader, table, undefined)) {
    const there = await readRows(target.reader, table, { after, max: rows.length });
    ofSource.add(rows);
    ofTarget.add(there);
    after = lastKeyOf(table, there) ?? after;
    rowsDone += rows.length;
    onStep({ phase: 'compare', table: table.name, rowsDone, rowsTotal });
  }
  // The target must have nothing more.
  ofTarget.add(await readRows(target.reader, table, { after, max: 1 }));
  return { ofSource: ofSource.finish(), ofTarget: ofTarget.finish() };
}

function lastKeyOf(table: TransferTable, rows: readonly Record<string, unknown>[]): RowKey | undefined {
  const last = rows.at(-1);
  return last && keyOf(table, last);
}

/** From here on the target numbers its events itself, and servers may open it. */
async function finish(tx: Tx, source: Database, tables: readonly TransferTable[]): Promise<void> {
  for (const { name } of tables.filter(({ isLog }) => isLog)) {
    const last = await findLastPosition(source, name);
    if (last > 0) await sql`select setval(pg_get_serial_sequence(${name}, 'position'), ${last})`.execute(tx);
  }
  await endTransfer(tx);
}

/** The highest that was ever given: that of a row that is gone is not given again either. */
async function findLastPosition(source: Database, table: string): Promise<number> {
  const { rows } = await sql<{ seq: number }>`select seq from sqlite_sequence where name = ${table}`.execute(
    source.reader,
  );
  return rows[0]?.seq ?? 0;
}
