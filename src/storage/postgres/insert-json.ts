import { type Expression, sql } from 'kysely';
import type { Completion, PlainTable } from '../bulk-insert.ts';
import type { Tx } from '../database.ts';
import { jsonParameter } from '../json-parameter.ts';
import type { Schema } from '../schema.ts';

const rowsPerStatement = 1000;

/** PostgreSQL reads many rows from one JSON text in less time than it takes to parse a parameter for each value. */
export async function insertJson<Table extends PlainTable>(
  tx: Tx,
  table: Table,
  complete: Completion<Table>,
  rows: readonly Schema[Table][],
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const list = sql.join(columns.map((column) => sql.ref(column)));
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const json = jsonParameter(rows.slice(start, start + rowsPerStatement));
    const source = sql`select ${list} from json_populate_recordset(null::${sql.table(table)}, ${json})`;
    // The compiler cannot see that these are columns of a table that it does not know, and their values.
    const expression = source as unknown as Expression<never>;
    await complete(
      tx
        .insertInto(table)
        .columns(columns as never)
        .expression(expression),
    ).execute();
  }
}
