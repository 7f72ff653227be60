import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Kysely, sql } from 'kysely';
import { AfterCommitHooks } from '../after-commit.ts';
import type { Database, Reader, Tx } from '../database.ts';
import type { Schema } from '../schema.ts';
import { noSignals } from '../signals.ts';
import { type DirectAdapter, DirectDialect } from './direct-dialect.ts';
import { cacheStatements } from './statement-cache.ts';
import { TurnSnapshot } from './turn-snapshot.ts';

/** How many transactions share one commit, and so one wait for the disk. */
const batchMax = 256;
/** How long a statement waits for another process that is writing (a command line beside the server). */
const busyTimeoutMs = 5000;
/** Pages that each connection keeps. The operating system keeps the rest, some 25 microseconds further away for a profile. */
const cacheKibibytes = 8000;

interface PendingWork {
  work: (tx: Tx) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

type Outcome = { item: PendingWork; hooks: (() => void)[] } & ({ value: unknown } | { error: unknown });

/**
 * One file in WAL mode with `synchronous=FULL`: a commit is on disk before it is acknowledged. Reads have a connection of
 * their own. Writers stand in line, and those that wait are committed together: each in a savepoint, all in one
 * transaction, every caller answered after the commit.
 */
export class SqliteDatabase implements Database {
  readonly engine = 'sqlite';
  readonly canSkipLocked = false;
  readonly signals = noSignals;
  readonly pgvector = undefined;
  readonly description: string;
  readonly reader: Reader;
  readonly #writer: Kysely<Schema>;
  /** Of the writer's connection, for the statements around what callers do. */
  readonly #direct: DirectAdapter;
  readonly #snapshot: TurnSnapshot;
  readonly #readerConnection: Sqlite.Database;
  readonly #writerConnection: Sqlite.Database;
  readonly #hooks = new AfterCommitHooks();
  readonly #queue: PendingWork[] = [];
  #draining: Promise<void> | undefined;

  constructor(filePath: string) {
    createPrivately(filePath);
    this.description = `SQLite ${filePath}`;
    this.#writerConnection = open(filePath, false);
    this.#readerConnection = open(filePath, true);
    const dialect = new DirectDialect(cacheStatements(this.#writerConnection));
    this.#direct = dialect.createAdapter();
    this.#writer = new Kysely({ dialect });
    this.#snapshot = new TurnSnapshot(this.#readerConnection);
    this.reader = new Kysely({
      dialect: new DirectDialect(cacheStatements(this.#readerConnection), () => this.#snapshot.begin()),
    });
  }

  /** For migrations: all of `work` is one transaction, and another process that opens the file meanwhile waits for its end. */
  async changeSchema(work: (db: Kysely<Schema>) => Promise<void>): Promise<void> {
    await this.#writer.connection().execute(async (connection) => {
      await sql`begin immediate`.execute(connection);
      try {
        await work(connection);
        await sql`commit`.execute(connection);
      } catch (error) {
        await sql`rollback`.execute(connection).catch(() => undefined);
        throw error;
      }
    });
  }

  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: (value) => resolve(value as T), reject });
      this.#draining ??= this.#drain();
    });
  }

  afterCommit(tx: Tx, hook: () => void): void {
    this.#hooks.add(tx, hook);
  }

  /** Deleted content is overwritten in the file (`secure_delete`); the log that still holds it is emptied. */
  scrub(tx: Tx): void {
    this.#hooks.add(tx, () => {
      this.#snapshot.end();
      this.#writerConnection.pragma('wal_checkpoint(TRUNCATE)');
    });
  }

  /** Writers run one at a time, so whatever can be read is final. */
  async horizon(): Promise<number> {
    return Number.MAX_SAFE_INTEGER;
  }

  /** Writers run one at a time, so every key is held already. */
  async lock(): Promise<void> {}

  async close(): Promise<void> {
    await this.#draining;
    // Kysely closes only what it has used. The writer is last: it moves the write-ahead log into the file.
    this.#snapshot.holdOff();
    await this.reader.destroy();
    this.#readerConnection.close();
    await this.#writer.destroy();
    this.#writerConnection.close();
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#gather();
      await this.#commitBatch(this.#queue.splice(0, batchMax));
    }
    this.#draining = undefined;
  }

  /**
   * Requests that arrive while others are read get into line before a batch is cut, since a commit takes longer than to read them
   * all. Over when a turn of the event loop has brought none, so that nobody waits for nobody.
   */
  async #gather(): Promise<void> {
    for (let before = 0; before < this.#queue.length && before < batchMax; ) {
      before = this.#queue.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #commitBatch(batch: PendingWork[]): Promise<void> {
    this.#snapshot.holdOff();
    try {
      const outcomes = await this.#writer
        .connection()
        .execute((connection) => this.#runBatch(connection, batch));
      for (const outcome of outcomes) settle(outcome);
    } catch (error) {
      for (const item of batch) item.reject(error);
    } finally {
      this.#snapshot.resume();
    }
  }

  async #runBatch(connection: Kysely<Schema>, batch: PendingWork[]): Promise<Outcome[]> {
    // The one connection is inside BEGIN ... COMMIT from here on, which is all that Kysely's own transactions are.
    const tx = connection as Tx;
    this.#direct.run('begin immediate');
    try {
      const outcomes: Outcome[] = [];
      for (const item of batch) outcomes.push(await this.#runItem(tx, item));
      this.#direct.run('commit');
      return outcomes;
    } catch (error) {
      if (this.#writerConnection.inTransaction) this.#direct.run('rollback');
      throw error;
    }
  }

  async #runItem(tx: Tx, item: PendingWork): Promise<Outcome> {
    const hooks = this.#hooks.begin(tx);
    this.#direct.run('savepoint item');
    try {
      const value = await item.work(tx);
      this.#direct.run('release item');
      return { item, hooks, value };
    } catch (error) {
      // A full disk ends the whole transaction, and with it the savepoint: then none of the batch is committed.
      if (!this.#writerConnection.inTransaction) throw error;
      this.#direct.run('rollback to item');
      this.#direct.run('release item');
      return { item, hooks: [], error };
    }
  }
}

/** What is committed stays so for its own caller alone, also when a hook of another one fails. */
function settle(outcome: Outcome): void {
  if ('error' in outcome) return void outcome.item.reject(outcome.error);
  try {
    for (const hook of outcome.hooks) hook();
    outcome.item.resolve(outcome.value);
  } catch (error) {
    outcome.item.reject(error);
  }
}

/** The folder and the file, readable by their owner only where they are new: they hold what customers said. */
function createPrivately(filePath: string): void {
  mkdirSync(dirname(filePath), { recursive: true, mode: 0o700 });
  closeSync(openSync(filePath, 'a', 0o600));
}

function open(filePath: string, readonly: boolean): Sqlite.Database {
  const connection = new Sqlite(filePath, { readonly, timeout: busyTimeoutMs });
  if (!readonly) {
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('secure_delete = ON');
    if (
      connection.pragma('synchronous', { simple: true }) !== 2 ||
      connection.pragma('journal_mode', { simple: true }) !== 'wal'
    ) {
      throw new Error(
        `SQLite refused WAL with synchronous=FULL for ${filePath}; acknowledged writes would not be safe`,
      );
    }
  }
  connection.pragma(`cache_size = -${cacheKibibytes}`);
  return connection;
}
