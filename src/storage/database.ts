import type { Kysely, Transaction } from 'kysely';
import type { Pgvector } from './postgres/pgvector.ts';
import type { Schema } from './schema.ts';
import type { Signals } from './signals.ts';

/** What a function that only reads takes: the database, or a transaction. */
export type Reader = Kysely<Schema>;

/** What a function that writes takes. Only `Database.transaction` makes one. */
export type Tx = Transaction<Schema>;

/**
 * The database, the same to every caller on SQLite and PostgreSQL. What truly differs between them is behind this
 * interface; everything else is written once in Kysely.
 *
 * @example
 * await db.transaction(async (tx) => {
 *   await db.lock(tx, `store-name:${accountId}`);
 *   await insertStore(tx, store);
 * });
 */
export interface Database {
  readonly engine: 'sqlite' | 'postgres';
  /** For the start-up banner: the file, or the server without its password. */
  readonly description: string;
  /** Reads what is committed, outside any transaction. */
  readonly reader: Reader;

  /**
   * Runs `work` in a transaction and answers once it is durable on disk; rolls back when it throws. Never call it inside
   * another transaction, and do not wait for anything but queries inside `work`: on SQLite all writers stand in one line.
   * `work` may run again when the database asks for a retry, so it must have no effects outside `tx`.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;

  /** Runs `hook` when the transaction has committed; forgotten when it rolls back. */
  afterCommit(tx: Tx, hook: () => void): void;

  /**
   * Until the end of the transaction no other one holds any of these keys. Keys are taken in sorted order, so that two
   * transactions with several keys cannot wait for each other.
   */
  lock(tx: Tx, ...keys: string[]): Promise<void>;

  /**
   * For erasure: once the transaction has committed, what it deleted is gone from the database's files too, as far as the
   * server can see to that. SQLite overwrites deleted content and empties its log; PostgreSQL does so at its next vacuum.
   */
  scrub(tx: Tx): void;

  /**
   * For tables written by `SchemaWriter.log`: every row with a `transaction_id` below this is committed, and no further row
   * can come before it. Readers who follow such a table in the order (transaction_id, position) miss nothing that way.
   */
  horizon(reader: Reader): Promise<number>;

  /** How the processes on this database wake each other. */
  readonly signals: Signals;

  /** Whether the database compares vectors itself; undefined on an engine that has nothing for it. */
  readonly pgvector: Pgvector | undefined;

  /** Whether a row lock that is taken can be passed over (`FOR UPDATE SKIP LOCKED`). */
  readonly canSkipLocked: boolean;

  close(): Promise<void>;
}
