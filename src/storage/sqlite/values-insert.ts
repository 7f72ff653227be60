import type { Completion, PlainTable } from '../bulk-insert.ts';
import type { Tx } from '../database.ts';
import type { Schema } from '../schema.ts';
import { directOf } from './direct-dialect.ts';

/**
 * More are no faster, and each number of rows is a text of its own, of which SQLite keeps a compiled form of some 60 bytes a
 * character (docs/decisions/0009-imports.md).
 */
const rowsPerStatement = 50;

interface Statement {
  readonly text: string;
  /** In the order of its parameters. */
  readonly columns: readonly string[];
}

/** Inserts with a parameter for each value. The text of a statement is built once for each number of rows. */
export function valuesInsert<Table extends PlainTable>(
  table: Table,
  complete: Completion<Table>,
): (tx: Tx, rows: readonly Schema[Table][]) => Promise<void> {
  const statements = new Map<number, Statement>();

  function prepare(tx: Tx, rows: readonly Schema[Table][]): Statement {
    const statement = statements.get(rows.length) ?? build(tx, rows);
    statements.set(rows.length, statement);
    return statement;
  }

  function build(tx: Tx, rows: readonly Schema[Table][]): Statement {
    // A row of the schema is what can be inserted; the compiler cannot see that for a table that it does not know.
    const { sql: text } = complete(tx.insertInto(table).values(rows as never)).compile();
    return { text, columns: Object.keys(rows[0] ?? {}) };
  }

  return async (tx, rows) => {
    for (let start = 0; start < rows.length; start += rowsPerStatement) {
      const some = rows.slice(start, start + rowsPerStatement);
      const { text, columns } = prepare(tx, some);
      const parameters = some.flatMap((row) => columns.map((column) => row[column as keyof Schema[Table]]));
      directOf(tx)?.run(text, parameters);
    }
  };
}
