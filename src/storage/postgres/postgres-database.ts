import { Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { AfterCommitHooks } from '../after-commit.ts';
import type { Database, Reader, Tx } from '../database.ts';
import type { Schema } from '../schema.ts';
import { noSignals, type Signals } from '../signals.ts';
import { callbackPool } from './callback-pool.ts';
import { addPgvector, type Pgvector } from './pgvector.ts';
import { PostgresSignals } from './postgres-signals.ts';

/** How often a transaction is run when the database ends it to resolve a deadlock or a serialisation failure. */
const attemptsMax = 5;
const connectionsDefault = 10;
const connectTimeoutMs = 10_000;
const statementTimeoutDefaultMs = 30_000;
/** By then the server has ended the statement itself, unless it can't be reached. */
const silenceMarginMs = 5000;
/** No transaction waits for anything but its queries; one that says nothing belongs to a process that is gone. */
const idleInTransactionMs = 60_000;
/** Schema changes take as long as they take. */
const schemaConnections = 2;
const retryableStates = new Set(['40001', '40P01']);

/** An embedded PostgreSQL (PGlite), as the tests use; the type is Kysely's own so that it need not be installed. */
export type EmbeddedPostgres = ConstructorParameters<typeof PGliteDialect>[0]['pglite'];

/** How the server is used; each has a default. */
export interface PostgresOptions {
  /** Connections that this process has open at once. */
  readonly connectionsMax?: number;
  /** A statement that takes longer is ended, and what asked for it fails. */
  readonly statementTimeoutMs?: number;
}

/** PostgreSQL 15 or newer over a connection pool, or an embedded one. */
export class PostgresDatabase implements Database {
  readonly engine = 'postgres';
  readonly canSkipLocked = true;
  readonly description: string;
  readonly reader: Reader;
  readonly #hooks = new AfterCommitHooks();

  readonly signals: Signals;
  readonly #schemaUrl: string | undefined;
  #pgvector: Pgvector | undefined;

  private constructor(kysely: Kysely<Schema>, description: string, schemaUrl?: string) {
    this.reader = kysely;
    this.description = description;
    this.#schemaUrl = schemaUrl;
    this.signals =
      schemaUrl === undefined
        ? noSignals
        : new PostgresSignals(schemaUrl, (channel, payloads) => notify(kysely, channel, payloads));
  }

  static connect(
    url: string,
    {
      connectionsMax = connectionsDefault,
      statementTimeoutMs = statementTimeoutDefaultMs,
    }: PostgresOptions = {},
  ): PostgresDatabase {
    const options = {
      max: connectionsMax,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
    };
    const kysely = kyselyOn(url, options, statementTimeoutMs + silenceMarginMs);
    return new PostgresDatabase(kysely, `PostgreSQL ${withoutPassword(url)}`, url);
  }

  static embedded(pglite: EmbeddedPostgres): PostgresDatabase {
    return new PostgresDatabase(
      new Kysely<Schema>({ dialect: new PGliteDialect({ pglite }) }),
      'PostgreSQL (embedded)',
    );
  }

  /** Undefined before `addPgvector`. */
  get pgvector(): Pgvector | undefined {
    return this.#pgvector;
  }

  /** Has vectors compared by the database where it can, from now on; after the migrations. */
  async addPgvector(): Promise<void> {
    await this.changeSchema(async (db) => {
      this.#pgvector = await addPgvector(db);
    });
  }

  /** For migrations, which take a transaction and a lock of their own here. */
  async changeSchema(work: (db: Kysely<Schema>) => Promise<void>): Promise<void> {
    if (this.#schemaUrl === undefined) return work(this.reader);
    const patient = kyselyOn(this.#schemaUrl, { max: schemaConnections });
    try {
      await work(patient);
    } finally {
      await patient.destroy();
    }
  }

  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      let hooks: (() => void)[] = [];
      try {
        const value = await this.reader.transaction().execute((tx) => {
          hooks = this.#hooks.begin(tx);
          return work(tx);
        });
        for (const hook of hooks) hook();
        return value;
      } catch (error) {
        if (attempt >= attemptsMax || !isRetryable(error)) throw error;
      }
    }
  }

  afterCommit(tx: Tx, hook: () => void): void {
    this.#hooks.add(tx, hook);
  }

  /** The next vacuum frees what was deleted. */
  scrub(): void {}

  async horizon(reader: Reader): Promise<number> {
    const result = await sql<{
      horizon: number;
    }>`select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon`.execute(reader);
    return result.rows[0]?.horizon ?? 0;
  }

  async lock(tx: Tx, ...keys: string[]): Promise<void> {
    if (keys.length === 0) return;
    const sorted = [...new Set(keys)].sort();
    // A scan of an array goes through it in order, and takes each lock before the next.
    await sql`select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${sorted}::text[]) as keys (key)`.execute(
      tx,
    );
  }

  async close(): Promise<void> {
    await this.signals.close();
    await this.reader.destroy();
  }
}

function kyselyOn(url: string, options: pg.PoolConfig, silenceMs?: number): Kysely<Schema> {
  const pool = new pg.Pool({
    ...options,
    connectionString: url,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // Our statements take a few milliseconds at most. Of a table that has grown since it was last analysed the planner believes that
    // they take long, and compiles each for more than ten.
    onConnect: (client) => client.query('set jit = off'),
    // bigint columns hold milliseconds and counters, all within the safe integers.
    types: {
      getTypeParser: (id, format) =>
        id === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(id, format),
    },
  });
  // A connection that breaks is replaced at the next query, and a query under way fails. Without these listeners, one for
  // those that are idle and one for those in use, it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: callbackPool(pool, silenceMs) }) });
}

function notify(kysely: Reader, channel: string, payloads: readonly string[]): Promise<unknown> {
  return sql`select pg_notify(${channel}, payload) from unnest(${payloads}::text[]) as payloads (payload)`.execute(
    kysely,
  );
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && retryableStates.has(String(error.code));
}

function withoutPassword(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
