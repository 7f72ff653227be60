import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import {
  type Database,
  type DatabaseLocation,
  type OnTransferStep,
  openDatabase,
  openTransferTarget,
  transfer,
} from '../../src/storage/index.ts';
import { pgvectorColumns } from '../../src/storage/postgres/pgvector.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { accountId, observationRow, storeRow } from '../support/rows.ts';
import { dumpSchema } from '../support/schema-dump.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Row = Readonly<Record<string, unknown>>;

async function closedAtTheEnd(opening: Promise<Database>): Promise<Database> {
  const db = await opening;
  onTestFinished(() => db.close());
  return db;
}

/** A SQLite database with the current schema and no rows. */
function openSource(): Promise<Database> {
  return closedAtTheEnd(openDatabase({ sqliteFile: join(temporaryFolder(), 'rapport.db') }));
}

const openTarget = (location: DatabaseLocation) => closedAtTheEnd(openTransferTarget(location));

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: 0 | 1;
}

/** A value that no other row of the table has, null where it may be in every other row. */
function valueFor({ name, type, notnull }: Column, n: number): unknown {
  if (notnull === 0 && n % 2 === 0) return null;
  if (type === 'blob') return Buffer.from([0, n, 255]);
  return type === 'text' ? `${name} '${n}' \\ "ü" 💬` : 1e12 + n;
}

/** Writes rows into every table of a SQLite database, whatever its columns mean, and answers the names of the tables. */
async function fillEveryTable(db: Database): Promise<string[]> {
  const tables = (await db.reader.introspection.getTables()).map(({ name }) => name);
  await db.transaction(async (tx) => {
    for (const table of tables) {
      const { rows: columns } =
        await sql<Column>`select name, lower(type) as type, "notnull" from pragma_table_info(${table})`.execute(
          tx,
        );
      const written = columns.filter(({ name }) => !(table === 'events' && name === 'transaction_id'));
      for (const n of [1, 2, 3, 4]) {
        const names = sql.join(written.map(({ name }) => sql.ref(name)));
        const values = sql.join(written.map((column) => valueFor(column, n)));
        await sql`insert into ${sql.table(table)} (${names}) values (${values})`.execute(tx);
      }
    }
  });
  return tables.sort();
}

/** Every row of a table as text, in the same order on every engine; but for the columns of pgvector, which stay empty. */
async function rowsOf(db: Database, table: string): Promise<string[]> {
  const { rows } = await sql<Row>`select * from ${sql.table(table)}`.execute(db.reader);
  return rows
    .map((row) =>
      JSON.stringify(
        Object.entries(row)
          .filter(([name, value]) => !(pgvectorColumns.includes(name) && value === null))
          .map(([name, value]) => [
            name,
            value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
          ])
          .sort(),
      ),
    )
    .sort();
}

const write = (db: Database, ...ids: string[]) =>
  db.transaction(async (tx) => {
    for (const id of ids) await tx.insertInto('stores').values(storeRow(id)).execute();
  });

const insertMany = (db: Database, count: number) =>
  db.transaction(async (tx) => {
    for (let n = 0; n < count; n += 1) {
      await tx
        .insertInto('observations')
        .values(observationRow(`o${n}`, { profile_id: `p${n % 7}` }))
        .execute();
    }
  });

describeOnEachDatabase('a move from SQLite', (databases) => {
  if (databases.engine === 'SQLite') {
    it('is refused when it is to SQLite', async () => {
      await expect(transfer(await openSource(), await databases.open())).rejects.toThrow(/PostgreSQL only/);
    });
    return;
  }

  it('takes every table that the schema has, with every row and value', async () => {
    const source = await openSource();
    const tables = await fillEveryTable(source);
    const target = await openTarget(await databases.location());
    const digests = await transfer(source, target);
    const there = (await target.reader.introspection.getTables()).map(({ name }) => name);
    expect(there.sort()).toEqual(tables);
    expect([...digests.keys()].sort()).toEqual(tables);
    for (const table of tables) {
      const rows = await rowsOf(target, table);
      expect.soft(rows, table).toHaveLength(4);
      expect.soft(rows, table).toEqual(await rowsOf(source, table));
    }
  });

  it('leaves the schema as the migrations made it', async () => {
    const location = await databases.location();
    const target = await openTarget(location);
    const before = await dumpSchema(target);
    await transfer(await openSource(), target);
    expect(await dumpSchema(target)).toBe(before);
    await closedAtTheEnd(openDatabase(location));
  });

  it('goes on after its end at any batch, and ends with the same', async () => {
    const source = await openSource();
    await insertMany(source, 1201);
    await write(source, 'a', 'b');
    const location = await databases.location();
    const seen = new Set<string>();
    const dieAtNews: OnTransferStep = (step) => {
      const name = JSON.stringify(step);
      if (step.rowsTotal === 0 || seen.has(name)) return;
      seen.add(name);
      throw new Error('killed');
    };
    let calls = 0;
    const goOn = async () => {
      calls += 1;
      const target = await openTransferTarget(location);
      const outcome = transfer(source, target, dieAtNews).then(
        () => 'done',
        (error: Error) => error.message,
      );
      return outcome.finally(() => target.close());
    };
    while ((await goOn()) === 'killed');
    // Three batches of observations and one of stores, moved and compared.
    expect(calls).toBe(9);
    const moved = await closedAtTheEnd(openDatabase(location));
    for (const table of ['observations', 'stores']) {
      expect(await rowsOf(moved, table)).toEqual(await rowsOf(source, table));
    }
  });

  it('keeps servers out of a database that is half filled', async () => {
    const source = await openSource();
    await write(source, 'a');
    const location = await databases.location();
    const stop = () => {
      throw new Error('killed');
    };
    await expect(transfer(source, await openTarget(location), stop)).rejects.toThrow('killed');
    await expect(openDatabase(location)).rejects.toThrow(/migrate-engine/);
  });

  it('refuses a database that has rows already, and one that another source has begun to fill', async () => {
    const [source, another] = [await openSource(), await openSource()];
    await write(source, 'a');
    const location = await databases.location();
    const target = await openTarget(location);
    await write(target, 'mine');
    await expect(transfer(source, target)).rejects.toThrow(/holds data already, in stores/);
    expect(await target.reader.selectFrom('stores').select('id').execute()).toEqual([{ id: 'mine' }]);
    await closedAtTheEnd(openDatabase(location));

    await target.transaction(async (tx) => void (await tx.deleteFrom('stores').execute()));
    const stop = () => {
      throw new Error('killed');
    };
    await expect(transfer(source, target, stop)).rejects.toThrow('killed');
    await another.transaction(
      async (tx) =>
        void (await sql`update kysely_migration set timestamp = '2001-01-01T00:00:00.000Z'`.execute(tx)),
    );
    await expect(transfer(another, target)).rejects.toThrow(/from another source/);
  });

  it.each(['changed', 'added', 'removed'])('notices rows that were %s meanwhile', async (change) => {
    const source = await openSource();
    await write(source, 'a', 'b', 'c');
    const location = await databases.location();
    const target = await openTarget(location);
    const stopWhenMoved = ({ phase }: { phase: string }) => {
      if (phase === 'compare') throw new Error('killed');
    };
    await expect(transfer(source, target, stopWhenMoved)).rejects.toThrow('killed');
    await target.transaction(async (tx) => {
      if (change === 'changed')
        await tx.updateTable('stores').set({ version: 2 }).where('id', '=', 'b').execute();
      if (change === 'added') await tx.insertInto('stores').values(storeRow('d')).execute();
      if (change === 'removed') await tx.deleteFrom('stores').where('id', '=', 'c').execute();
    });
    await expect(transfer(source, target)).rejects.toThrow(/differ in stores/);
    await expect(openDatabase(location)).rejects.toThrow(/migrate-engine/);
  });

  it('numbers events on from the last that ever was, in the order in which they happened', async () => {
    const source = await openSource();
    const event = (id: string) => ({
      account_id: accountId,
      conversation_id: 'c',
      id,
      type: 'CONVERSATION_CREATED' as const,
      body_json: '{}',
      request_id: null,
      created_at: 1,
    });
    const record = (db: Database, id: string) =>
      db.transaction(async (tx) => void (await tx.insertInto('events').values(event(id)).execute()));
    for (const id of ['a', 'b', 'gone']) await record(source, id);
    await source.transaction(
      async (tx) => void (await tx.deleteFrom('events').where('id', '=', 'gone').execute()),
    );
    const target = await openTarget(await databases.location());
    await transfer(source, target);
    await record(target, 'new');
    const inOrder = target.reader
      .selectFrom('events')
      .select(['id', 'position'])
      .orderBy('transaction_id')
      .orderBy('position');
    expect(await inOrder.execute()).toEqual([
      { id: 'a', position: 1 },
      { id: 'b', position: 2 },
      { id: 'new', position: 4 },
    ]);
  });
});
