import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { type Database, type DatabaseLocation, openDatabase } from '../../src/storage/index.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from './postgres-server.ts';

export type EngineName = 'SQLite' | 'PGlite' | 'PGlite with pgvector' | 'PostgreSQL';

/** What a storage test gets: databases of one engine, closed after each test. */
export interface TestDatabases {
  readonly engine: EngineName;
  /** A database with the current schema and no rows. */
  open(): Promise<Database>;
  /** Another handle on the database that was opened last, as a second process has one. On PGlite all share one connection. */
  openAgain(): Promise<Database>;
  /** Where an empty database is, for a server that opens it itself, also again. */
  location(): Promise<DatabaseLocation>;
  /** Opens an empty database several times at once. */
  openTogether(count: number): Promise<Database[]>;
}

/** Where new databases come from. */
interface Source {
  next(): Promise<DatabaseLocation>;
  stop(): Promise<void>;
}

/**
 * Runs the tests on SQLite, on PGlite, and on PostgreSQL where one can be had.
 *
 * @example
 * describeOnEachDatabase('transactions', (databases) => {
 *   it('roll back when they throw', async () => {
 *     const db = await databases.open();
 *   });
 * });
 */
export function describeOnEachDatabase(title: string, tests: (databases: TestDatabases) => void): void {
  describeOn('SQLite', title, tests, async () => sqliteFiles());
  describeOn('PGlite', title, tests, () => pgliteSchemas('plain'));
  if (whyNoPostgres) describe.skip(`${title}, on PostgreSQL (${whyNoPostgres})`, () => tests(unavailable));
  else describeOn('PostgreSQL', title, tests, async () => postgresDatabases(await startPostgres()));
}

/** Runs the tests on PGlite with pgvector, which no other PGlite of the tests has. */
export function describeOnPgvector(title: string, tests: (databases: TestDatabases) => void): void {
  describeOn('PGlite with pgvector', title, tests, () => pgliteSchemas('with pgvector'));
}

function describeOn(
  engine: EngineName,
  title: string,
  tests: (databases: TestDatabases) => void,
  start: () => Promise<Source>,
): void {
  describe(`${title}, on ${engine}`, () => {
    let source: Source;
    let location: DatabaseLocation | undefined;
    const opened: Database[] = [];
    let tables: readonly string[] | undefined;
    const openAgain = async () => {
      location ??= await source.next();
      const db = await openDatabase(location);
      opened.push(db);
      return db;
    };
    beforeAll(async () => {
      source = await start();
    });
    afterEach(async () => {
      for (const db of opened.splice(0)) await db.close();
    });
    afterAll(() => source?.stop());
    tests({
      engine,
      open: async () => {
        const db = await openAgain();
        tables ??= await listTables(db);
        await removeAllRows(db, tables);
        return db;
      },
      openAgain,
      location: () => source.next(),
      openTogether: async (count) => {
        location = await source.next();
        return Promise.all(Array.from({ length: count }, openAgain));
      },
    });
  });
}

/** Much quicker than a new database, and tests need many. */
async function removeAllRows(db: Database, tables: readonly string[]): Promise<void> {
  await db.transaction(async (tx) => {
    for (const name of tables) await sql`delete from ${sql.table(name)}`.execute(tx);
  });
}

/** All but the migrator's own, which the list leaves out; asking PostgreSQL takes as long as emptying them. */
async function listTables(db: Database): Promise<string[]> {
  return (await db.reader.introspection.getTables()).map(({ name }) => name);
}

/** A database nobody opens: the tests of a skipped suite are listed but not run. */
const unavailable: TestDatabases = {
  engine: 'PostgreSQL',
  open: () => Promise.reject(new Error(whyNoPostgres)),
  openAgain: () => Promise.reject(new Error(whyNoPostgres)),
  location: () => Promise.reject(new Error(whyNoPostgres)),
  openTogether: () => Promise.reject(new Error(whyNoPostgres)),
};

function sqliteFiles(): Source {
  const folder = mkdtempSync(join(tmpdir(), 'rapport-sqlite-'));
  let count = 0;
  return {
    next: async () => {
      count += 1;
      return { sqliteFile: join(folder, `${count}.db`) };
    },
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

const kinds = {
  plain: () => PGlite.create(),
  'with pgvector': () => PGlite.create({ extensions: { vector } }),
} as const;
const shared = new Map<keyof typeof kinds, Promise<PGlite>>();

/** Starting PGlite takes seconds, so one instance of a kind serves all files of the process and is emptied for each new database. */
async function pgliteSchemas(kind: keyof typeof kinds): Promise<Source> {
  const starting = shared.get(kind) ?? kinds[kind]();
  shared.set(kind, starting);
  const pglite = await starting;
  return {
    next: async () => {
      await pglite.exec('drop schema public cascade; create schema public');
      return { embeddedPostgres: withoutClose(pglite) };
    },
    stop: async () => undefined,
  };
}

/** Closing a database must not end the shared instance. */
function withoutClose(pglite: PGlite): PGlite {
  return new Proxy(pglite, {
    get: (target, name) => {
      if (name === 'close') return async () => undefined;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}

function postgresDatabases(server: PostgresServer): Source {
  return {
    next: async () => ({ postgresUrl: await server.createDatabase() }),
    stop: () => server.stop(),
  };
}
