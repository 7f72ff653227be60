import { SqliteAdapter, type SqliteDatabase, SqliteDialect, SqliteQueryCompiler } from 'kysely';
import type { Reader } from '../database.ts';

/**
 * The adapter of one connection that also runs queries itself. Kysely hands each query to its connection through a row of
 * promises, which take longer than SQLite takes to answer.
 */
export class DirectAdapter extends SqliteAdapter {
  readonly #connection: SqliteDatabase;
  readonly #beforeEach: () => void;

  constructor(connection: SqliteDatabase, beforeEach: () => void) {
    super();
    this.#connection = connection;
    this.#beforeEach = beforeEach;
  }

  /** Runs one statement, a read or a write, and answers its rows; throws what SQLite has against it. */
  run(text: string, parameters: readonly unknown[] = []): unknown[] {
    this.#beforeEach();
    const statement = this.#connection.prepare(text);
    if (statement.reader) return statement.all(parameters);
    statement.run(parameters);
    return [];
  }
}

/** Kysely's dialect for one connection, with that adapter. */
export class DirectDialect extends SqliteDialect {
  readonly #adapter: DirectAdapter;

  /** `beforeEach` runs before each query that the adapter is given. */
  constructor(connection: SqliteDatabase, beforeEach: () => void = () => undefined) {
    super({ database: connection });
    this.#adapter = new DirectAdapter(connection, beforeEach);
  }

  override createAdapter(): DirectAdapter {
    return this.#adapter;
  }

  override createQueryCompiler(): SqliteQueryCompiler {
    return new SteadyCompiler();
  }
}

/**
 * Writes `+?` for a parameter, which means the same. Where a query has an order SQLite may look at the value of a bare `?`, and
 * then compiles the statement again each time that it is given another one, which takes several times as long as running it.
 */
class SteadyCompiler extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '+?';
  }
}

/** The way past Kysely to the connection of a reader or transaction; undefined on another engine. */
export function directOf(reader: Reader): DirectAdapter | undefined {
  const { adapter } = reader.getExecutor();
  return adapter instanceof DirectAdapter ? adapter : undefined;
}
