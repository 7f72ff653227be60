import { type CreateTableBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.ts';

type Engine = Database['engine'];

/** What a migration writes tables with, so that each table is written once for both engines. */
export interface SchemaWriter {
  readonly db: Kysely<unknown>;
  /** Text that compares by bytes on both engines: ids, keys and cursors depend on it. */
  readonly text: RawBuilder<unknown>;
  /** 64 bits: milliseconds, counters, booleans as 0 and 1. */
  readonly integer: RawBuilder<unknown>;
  /**
   * A table. `columns` are `name: 'text' | 'integer' | 'bytes'`, with `?` where null is allowed; `key` is the primary key,
   * by which SQLite also clusters the rows.
   */
  table(name: string, columns: Readonly<Record<string, ColumnType>>, key: readonly string[]): Promise<void>;
  /**
   * A table that is appended to and read in the order of commits: `columns` and two more, which the database fills.
   * `position` numbers the rows and is never used twice. `transaction_id` says on PostgreSQL by when the row was written: it is
   * never below the transaction that wrote it, nor below one that had ended by then, so that rows written one after the
   * other under one lock keep that order. It is always 0 on SQLite, where writers stand in line and positions alone are in
   * the order of commits.
   */
  log(name: string, columns: Readonly<Record<string, ColumnType>>): Promise<void>;
  /** Gives a log that is there already the `transaction_id` of `log`. */
  renewLog(name: string): Promise<void>;
  /** An index, unique or not, with an optional condition. */
  index(name: string, table: string, columns: readonly string[], options?: IndexOptions): Promise<void>;
}

export type ColumnType = 'text' | 'text?' | 'integer' | 'integer?' | 'bytes';

export interface IndexOptions {
  readonly unique?: boolean;
  readonly where?: string;
}

/**
 * A transaction may have its id long before it gets the lock under which it writes, and then another one with a later id has
 * held that lock before it. Whatever had ended when the row was written comes first all the same. An id that has ended is
 * below the horizon as soon as everything before it has ended too, so rows do not wait for transactions of the future.
 */
const transactionIdOfRow = sql`greatest(pg_current_xact_id()::text::bigint, pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)`;

export function schemaWriter(db: Kysely<unknown>, engine: Engine): SchemaWriter {
  const text = engine === 'postgres' ? sql`text collate "C"` : sql`text`;
  const integer = engine === 'postgres' ? sql`bigint` : sql`integer`;
  const types = { text, integer, bytes: engine === 'postgres' ? sql`bytea` : sql`blob` };
  return {
    db,
    text,
    integer,
    async table(name, columns, key) {
      let builder: CreateTableBuilder<string, string> = db.schema.createTable(name).ifNotExists();
      for (const [column, type] of Object.entries(columns)) {
        // Without its question mark a column type is one of the three.
        const kind = type.replace('?', '') as keyof typeof types;
        builder = builder.addColumn(column, types[kind], (definition) =>
          type.endsWith('?') ? definition : definition.notNull(),
        );
      }
      builder = builder.addPrimaryKeyConstraint(`${name}_key`, [...key]);
      await (engine === 'sqlite' ? builder.modifyEnd(sql`without rowid`) : builder).execute();
    },
    async log(name, columns) {
      const isPostgres = engine === 'postgres';
      const definitions = Object.entries(columns).map(([column, type]) => {
        const kind = type.replace('?', '') as keyof typeof types;
        return sql`${sql.ref(column)} ${types[kind]}${type.endsWith('?') ? sql`` : sql` not null`}`;
      });
      const own = isPostgres
        ? sql`position bigint generated always as identity, transaction_id bigint not null default (${transactionIdOfRow})`
        : sql`position integer primary key autoincrement, transaction_id integer not null default 0`;
      const key = isPostgres ? sql`, primary key (account_id, position)` : sql``;
      await sql`create table if not exists ${sql.table(name)} (${own}, ${sql.join(definitions)}${key})`.execute(
        db,
      );
    },
    async renewLog(name) {
      if (engine === 'sqlite') return;
      await sql`alter table ${sql.table(name)} alter column transaction_id set default (${transactionIdOfRow})`.execute(
        db,
      );
    },
    async index(name, table, columns, { unique = false, where } = {}) {
      const kind = unique ? sql`unique index` : sql`index`;
      const condition = where ? sql` where ${sql.raw(where)}` : sql``;
      const list = sql.join(columns.map((column) => sql.ref(column)));
      await sql`create ${kind} if not exists ${sql.ref(name)} on ${sql.table(table)} (${list})${condition}`.execute(
        db,
      );
    },
  };
}
