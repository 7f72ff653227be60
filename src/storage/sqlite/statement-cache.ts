import type { Database as SqliteConnection, Statement } from 'better-sqlite3';
import type { SqliteDatabase } from 'kysely';

/** Statements kept prepared; past it, the one that was prepared first goes. */
const statementsMax = 500;

/** Kysely prepares each query anew; this keeps the prepared statements of one connection by their text. */
export function cacheStatements(connection: SqliteConnection): SqliteDatabase {
  const statements = new Map<string, Statement>();
  return {
    close: () => void connection.close(),
    prepare(text) {
      let statement = statements.get(text);
      if (!statement) {
        statement = connection.prepare(text);
        if (statements.size >= statementsMax) statements.delete(statements.keys().next().value ?? '');
        statements.set(text, statement);
      }
      return statement;
    },
  };
}
