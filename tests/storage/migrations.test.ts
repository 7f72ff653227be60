import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeOnEachDatabase } from '../support/databases.ts';
import { storeRow } from '../support/rows.ts';
import { dumpSchema } from '../support/schema-dump.ts';

// After a new migration: npx vitest run tests/storage/migrations.test.ts --update
describeOnEachDatabase('the migrated schema', (databases) => {
  it('is the one in the golden dump', async () => {
    const db = await databases.open();
    await expect(await dumpSchema(db)).toMatchFileSnapshot(`golden/${db.engine}.sql`);
  });

  it('stays as it is, rows included, when the migrations run again', async () => {
    const db = await databases.open();
    await db.transaction(
      async (tx) => void (await tx.insertInto('stores').values(storeRow('kept')).execute()),
    );
    const before = await dumpSchema(db);
    const again = await databases.openAgain();
    expect(await dumpSchema(again)).toBe(before);
    expect(await again.reader.selectFrom('stores').select('id').execute()).toEqual([{ id: 'kept' }]);
  });

  it('is completed when a migration was cut off half-way', async () => {
    const db = await databases.open();
    const before = await dumpSchema(db);
    await db.transaction(async (tx) => {
      await tx.insertInto('stores').values(storeRow('kept')).execute();
      await sql`drop table communications`.execute(tx);
      await sql`drop index stores_live_name`.execute(tx);
      await sql`delete from kysely_migration`.execute(tx);
    });
    const again = await databases.openAgain();
    expect(await dumpSchema(again)).toBe(before);
    expect(await again.reader.selectFrom('stores').select('id').execute()).toEqual([{ id: 'kept' }]);
  });

  // SQLite holds up the whole process that waits, so tests/cli does this with real processes.
  it.skipIf(databases.engine === 'SQLite')(
    'comes out the same when several open an empty database at once',
    async () => {
      const before = await dumpSchema(await databases.open());
      const opened = await databases.openTogether(3);
      for (const db of opened) expect(await dumpSchema(db)).toBe(before);
    },
  );
});
