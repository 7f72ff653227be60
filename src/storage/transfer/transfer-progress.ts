import { sql } from 'kysely';
import type { Database, Reader, Tx } from '../database.ts';
import type { RowKey } from './row-batches.ts';
import { listFilledTables, type TransferTable } from './transfer-tables.ts';

/** How far a table has come. */
export interface TableProgress {
  readonly rowsDone: number;
  /** Key of the last row that was moved; undefined before the first. */
  readonly lastKey: RowKey | undefined;
}

interface ProgressRow {
  readonly table_name: string;
  readonly origin: string;
  readonly rows_done: number;
  readonly last_key_json: string | null;
}

const lockKey = 'transfer-progress';

/**
 * Says whether somebody is moving data into a PostgreSQL database, or was when the process ended. Its table is there from before
 * the first row until everything is compared, and no server opens the database meanwhile.
 */
export async function isTransferUnderWay(reader: Reader): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass('transfer_progress') is not null as found`.execute(reader);
  return rows[0]?.found === true;
}

/**
 * Begins to move these tables into a database, or goes on. Throws when it has rows that do not come from this origin.
 */
export async function beginTransfer(
  target: Database,
  tables: readonly TransferTable[],
  origin: string,
): Promise<ReadonlyMap<string, TableProgress>> {
  return target.transaction(async (tx) => {
    await target.lock(tx, lockKey);
    if (!(await isTransferUnderWay(tx))) await createProgress(tx, tables);
    await insertProgress(tx, tables, origin);
    const { rows } = await sql<ProgressRow>`select * from transfer_progress`.execute(tx);
    if (rows.some((row) => row.origin !== origin)) {
      throw new Error('The target is half filled from another source; give an empty database');
    }
    return new Map(rows.map((row) => [row.table_name, toProgress(row)]));
  });
}

async function createProgress(tx: Tx, tables: readonly TransferTable[]): Promise<void> {
  const filled = await listFilledTables(tx, tables);
  if (filled.length > 0) {
    throw new Error(`The target holds data already, in ${filled.join(', ')}; give an empty database`);
  }
  await sql`
    create table transfer_progress (
      table_name text primary key, origin text not null, rows_done bigint not null, last_key_json text
    )`.execute(tx);
}

async function insertProgress(tx: Tx, tables: readonly TransferTable[], origin: string): Promise<void> {
  const rows = tables.map(({ name }) => sql`(${name}, ${origin}, 0)`);
  await sql`insert into transfer_progress (table_name, origin, rows_done) values ${sql.join(rows)} on conflict do nothing`.execute(
    tx,
  );
}

function toProgress({ rows_done, last_key_json }: ProgressRow): TableProgress {
  return {
    rowsDone: Number(rows_done),
    lastKey: last_key_json === null ? undefined : (JSON.parse(last_key_json) as RowKey),
  };
}

export async function saveProgress(
  tx: Tx,
  { name }: TransferTable,
  { rowsDone, lastKey }: TableProgress,
): Promise<void> {
  await sql`
    update transfer_progress set rows_done = ${rowsDone}, last_key_json = ${JSON.stringify(lastKey)}
    where table_name = ${name}`.execute(tx);
}

export async function endTransfer(tx: Tx): Promise<void> {
  await sql`drop table transfer_progress`.execute(tx);
}
