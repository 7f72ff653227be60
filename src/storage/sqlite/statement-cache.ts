import type { Database as SqliteConnection, Statement } from 'better-sqlite3';
import type { SqliteDatabase } from 'kysely';

/**
 * Characters of all texts together; past them, the statements that were prepared first go. A statement takes some 60 bytes for
 * each, which the garbage collector does not see.
 */
const textLengthMax = 200_000;

/** Kysely prepares each query anew; this keeps the prepared statements of one connection by their text. */
export function cacheStatements(connection: SqliteConnection): SqliteDatabase {
  const statements = new Map<string, Statement>();
  let textLength = 0;

  function makeRoom(length: number): void {
    for (const oldest of statements.keys()) {
      if (textLength + length <= textLengthMax) return;
      statements.delete(oldest);
      textLength -= oldest.length;
    }
  }

  return {
    close: () => void connection.close(),
    prepare(text) {
      const known = statements.get(text);
      if (known) return known;
      const statement = connection.prepare(text);
      if (text.length > textLengthMax) return statement;
      makeRoom(text.length);
      statements.set(text, statement);
      textLength += text.length;
      return statement;
    },
  };
}
