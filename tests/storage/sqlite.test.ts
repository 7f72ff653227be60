import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, lockDataDir, openDatabase, prepared } from '../../src/storage/index.ts';
import { storeRow } from '../support/rows.ts';

let folder: string;
let file: string;
let db: Database;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rapport-sqlite-'));
  file = join(folder, 'rapport.db');
  db = await openDatabase({ sqliteFile: file });
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

describe('the SQLite file', () => {
  it('is in WAL mode, as another connection sees it', () => {
    const other = new Sqlite(file, { readonly: true });
    expect(other.pragma('journal_mode', { simple: true })).toBe('wal');
    other.close();
  });

  it('is written with synchronous=FULL, so that a commit waits for the disk', async () => {
    const { rows } = await db.transaction((tx) =>
      sql<{ synchronous: number }>`pragma synchronous`.execute(tx),
    );
    expect(rows).toEqual([{ synchronous: 2 }]);
  });

  it('cannot be written through the reader', async () => {
    const writing = db.reader.insertInto('stores').values(storeRow('a')).execute();
    await expect(writing).rejects.toThrow('readonly');
  });

  it('has what was acknowledged in it before anybody closes it', async () => {
    await db.transaction(async (tx) => void (await tx.insertInto('stores').values(storeRow('a')).execute()));
    const other = new Sqlite(file, { readonly: true });
    expect(other.prepare('select id from stores').all()).toEqual([{ id: 'a' }]);
    other.close();
  });

  it('holds everything by itself once it is closed, without the files beside it', async () => {
    const other = join(folder, 'other.db');
    await (await openDatabase({ sqliteFile: other })).close();
    expect(readdirSync(folder).filter((name) => name.startsWith('other'))).toEqual(['other.db']);
    expect(readFileSync(other).includes('observations')).toBe(true);
  });

  it('is readable by its owner only, with the files beside it', () => {
    for (const name of [file, `${file}-wal`, `${file}-shm`])
      expect(statSync(name).mode & 0o777, name).toBe(0o600);
  });

  it('is asked with parameters whose values SQLite does not look at, which would compile the query anew each time', () => {
    const query = db.reader.selectFrom('stores').select('id').where('id', '=', 'a').orderBy('id').limit(1);
    expect(query.compile().sql).toBe('select "id" from "stores" where "id" = +? order by "id" limit +?');
  });

  it('finds due jobs by an index', async () => {
    const plan = await sql<{ detail: string }>`
      explain query plan select due_at from jobs
      where lane = 'main' and state = 'ready' and name in ('a', 'b') order by due_at limit 1`.execute(
      db.reader,
    );
    expect(plan.rows.map((row) => row.detail)).toEqual(['SEARCH jobs USING INDEX jobs_due_in_lane (lane=?)']);
  });
});

describe('reads of one turn of the event loop', () => {
  const find = prepared((reader, { id }: { id: string }) =>
    reader.selectFrom('stores').select('id').where('id', '=', id),
  );
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('see a commit of the same turn', async () => {
    const before = turn().then(() => find(db.reader, { id: 'a' }));
    const after = insertStore('a').then(() => find(db.reader, { id: 'a' }));
    expect(await before).toEqual([]);
    expect(await after).toEqual([{ id: 'a' }]);
  });

  it('do not keep those of the next from seeing what another process wrote', async () => {
    await find(db.reader, { id: 'a' });
    const other = new Sqlite(file);
    other.prepare("insert into embedding_models (id, model) values ('a', 'a model')").run();
    other.close();
    await turn();
    const models = prepared((reader, { id }: { id: string }) =>
      reader.selectFrom('embedding_models').select('id').where('id', '=', id),
    );
    expect(await models(db.reader, { id: 'a' })).toEqual([{ id: 'a' }]);
  });

  it('may come while the database closes', async () => {
    const other = await openDatabase({ sqliteFile: join(folder, 'other.db') });
    const closing = other.close();
    for (let step = 0; step < 5; step += 1) await find(other.reader, { id: 'a' }).catch(() => undefined);
    await closing;
    // What a read leaves to the end of its turn finds the connection closed, and would end the process.
    await turn();
  });

  it('do not keep the log from being emptied after a deletion', async () => {
    const read = turn().then(() => find(db.reader, { id: 'a' }));
    await db.transaction(async (tx) => db.scrub(tx));
    await read;
    expect(statSync(`${file}-wal`).size).toBe(0);
  });
});

describe('transactions that share a commit', () => {
  it('are in the file together, or none of them is: the disk is waited for once', async () => {
    const before = walCommits();
    await Promise.all(Array.from({ length: 100 }, (_, index) => insertStore(`s${index}`)));
    expect(walCommits()).toBeLessThanOrEqual(before + 2);
  });

  it('are all refused when the disk is full, and later ones are not harmed', async () => {
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db.reader);
    await limitPages(rows[0]?.page_count ?? 0);
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => insertStore(`s${index}`, 'x'.repeat(2000))),
    );
    const acknowledged = results.flatMap(({ status }, index) =>
      status === 'fulfilled' ? [`s${index}`] : [],
    );
    expect(acknowledged.length).toBeLessThan(20);
    await limitPages(2 ** 30);
    await insertStore('later');
    expect(await storeIds()).toEqual([...acknowledged, 'later'].sort());
  });
});

describe('the lock of a data directory', () => {
  it('is held by one server only, and by the next once it is released', () => {
    const first = lockDataDir(folder);
    expect(() => lockDataDir(folder)).toThrow('Another Rapport server is running');
    first.release();
    lockDataDir(folder).release();
  });

  it('makes a folder that nobody else can read', () => {
    const fresh = join(folder, 'fresh', 'data');
    lockDataDir(fresh).release();
    expect(statSync(fresh).mode & 0o777).toBe(0o700);
  });
});

async function insertStore(id: string, description: string | null = null): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.insertInto('stores').values(storeRow(id, { description })).execute();
  });
}

async function storeIds(): Promise<string[]> {
  const rows = await db.reader.selectFrom('stores').select('id').orderBy('id').execute();
  return rows.map((row) => row.id);
}

async function limitPages(max: number): Promise<void> {
  await db.transaction((tx) => sql.raw(`pragma max_page_count = ${max}`).execute(tx));
}

/** Commits in the write-ahead log: frames whose header names the size of the database after them. */
function walCommits(): number {
  const wal = readFileSync(`${file}-wal`);
  const pageSize = wal.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + 24 <= wal.length; at += 24 + pageSize) {
    if (wal.readUInt32BE(at + 4) !== 0) commits += 1;
  }
  return commits;
}
