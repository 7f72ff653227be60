import type { InsertQueryBuilder, InsertResult } from 'kysely';
import type { Tx } from './database.ts';
import { engineOf } from './engine.ts';
import { insertJson } from './postgres/insert-json.ts';
import type { Schema } from './schema.ts';
import { valuesInsert } from './sqlite/values-insert.ts';

/** Tables whose rows hold nothing but texts and numbers. */
export type PlainTable = {
  [Table in keyof Schema]: Schema[Table] extends Record<keyof Schema[Table], string | number | null>
    ? Table
    : never;
}[keyof Schema];

/** Adds to an insert what follows its values, such as what to do where a row is there already. */
export type Completion<Table extends PlainTable> = (insertion: Insertion<Table>) => Insertion<Table>;
type Insertion<Table extends PlainTable> = InsertQueryBuilder<Schema, Table, InsertResult>;

/**
 * Declares an insert of any number of rows into one table, in the way that is fastest on each engine. All rows have the same
 * columns, and a row that is named twice is for the database to refuse.
 *
 * @example
 * const insertIdentifiers = bulkInsert('profile_identifiers', (insertion) =>
 *   insertion.onConflict((conflict) => conflict.doNothing()),
 * );
 * await insertIdentifiers(tx, rows);
 */
export function bulkInsert<Table extends PlainTable>(
  table: Table,
  complete: Completion<Table> = (insertion) => insertion,
): (tx: Tx, rows: readonly Schema[Table][]) => Promise<void> {
  const insertValues = valuesInsert(table, complete);
  return (tx, rows) =>
    engineOf(tx) === 'postgres' ? insertJson(tx, table, complete, rows) : insertValues(tx, rows);
}
