import { type RawBuilder, sql } from 'kysely';
import type { Tx } from './database.ts';
import type { Schema } from './schema.ts';

/** A table whose rows belong to something that can be erased. */
export type ErasableTable = {
  [Name in keyof Schema]: {
    readonly table: Name;
    /** The column that names what a row belongs to; an index starts with it. */
    readonly by: keyof Schema[Name] & string;
    /** The primary key. */
    readonly key: readonly (keyof Schema[Name] & string)[];
    /** For how many rows a row counts; 1 by default, more where rows are large. */
    readonly weight?: number;
  };
}[keyof Schema];

/**
 * Deletes rows of one table after the other, up to `rowsMax` in all, so that an erasure of any size can be made in transactions
 * that others need not wait for. Answers how many more it might have deleted: above 0, nothing is left in any of the tables.
 * Two of these at once could each leave it to the other to delete a row, so the caller holds a lock.
 */
export async function deleteSome(
  tx: Tx,
  tables: readonly ErasableTable[],
  { accountId, ids }: { accountId: string; ids: readonly string[] },
  rowsMax: number,
): Promise<number> {
  let left = rowsMax;
  for (const table of tables) {
    if (left <= 0) break;
    const { weight = 1 } = table;
    const deletion = deletionOf(table, { accountId, ids }, Math.ceil(left / weight));
    const { numAffectedRows = 0n } = await deletion.execute(tx);
    left -= weight * Number(numAffectedRows);
  }
  return left;
}

/** The query that deletes up to `rowsMax` rows of a table. */
export function deletionOf(
  { table, by, key }: ErasableTable,
  { accountId, ids }: { accountId: string; ids: readonly string[] },
  rowsMax: number,
): RawBuilder<unknown> {
  const columns = sql.join(key.map((column) => sql.ref(column)));
  // Within a function the account is only compared: an index that starts with it may lead through nearly every row.
  const some = sql`select ${columns} from ${sql.table(table)}
    where ${sql.ref(by)} in (${sql.join(ids)}) and coalesce(account_id, '') = ${accountId} limit ${sql.lit(rowsMax)}`;
  return sql`delete from ${sql.table(table)} where (${columns}) in (${some})`;
}
