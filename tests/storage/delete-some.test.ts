import { expect, it } from 'vitest';
import { type Database, deleteSome, type ErasableTable } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { accountId, observationRow, provenanceRow } from '../support/rows.ts';

const observations: ErasableTable = { table: 'observations', by: 'profile_id', key: ['profile_id', 'id'] };
const sources: ErasableTable = {
  table: 'observation_provenance',
  by: 'profile_id',
  key: ['profile_id', 'observation_id', 'revision'],
};

/** Ten observations of each profile, each with where it comes from. */
async function fill(db: Database, profileIds: readonly string[], account = accountId): Promise<void> {
  await db.transaction(async (tx) => {
    for (const profile_id of profileIds) {
      const ids = Array.from({ length: 10 }, (_, n) => `${profile_id}-${n}`);
      const rows = ids.map((id) => observationRow(id, { profile_id, account_id: account }));
      await tx.insertInto('observations').values(rows).execute();
      const from = ids.map((id) => provenanceRow(id, { profile_id, account_id: account }));
      await tx.insertInto('observation_provenance').values(from).execute();
    }
  });
}

function erase(db: Database, tables: readonly ErasableTable[], ids: readonly string[], rowsMax: number) {
  return db.transaction((tx) => deleteSome(tx, tables, { accountId, ids }, rowsMax));
}

async function count(db: Database, table: 'observations' | 'observation_provenance'): Promise<number> {
  return (await db.reader.selectFrom(table).select('profile_id').execute()).length;
}

describeOnEachDatabase('deleting some rows', (databases) => {
  it('takes table after table, never more than it may, until nothing is left', async () => {
    const db = await databases.open();
    await fill(db, ['a', 'b']);
    const left: number[][] = [];
    for (let more = 0; more <= 0; ) {
      more = await erase(db, [observations, sources], ['a', 'b'], 15);
      left.push([more, await count(db, 'observations'), await count(db, 'observation_provenance')]);
    }
    expect(left).toEqual([
      [0, 5, 20],
      [0, 0, 10],
      [5, 0, 0],
    ]);
  });

  it('says so when there may be more, also when it was just enough', async () => {
    const db = await databases.open();
    await fill(db, ['a']);
    expect(await erase(db, [observations], ['a'], 10)).toBe(0);
    expect(await erase(db, [observations], ['a'], 10)).toBe(10);
  });

  it('takes fewer rows of a table whose rows are large', async () => {
    const db = await databases.open();
    await fill(db, ['a']);
    await erase(db, [{ ...observations, weight: 10 }], ['a'], 25);
    expect(await count(db, 'observations')).toBe(7);
  });

  it('leaves what is of others or of another account', async () => {
    const db = await databases.open();
    await fill(db, ['a', 'b']);
    await fill(db, ['theirs'], 'AC2');
    await erase(db, [observations, sources], ['a', 'theirs'], 1000);
    expect([await count(db, 'observations'), await count(db, 'observation_provenance')]).toEqual([20, 20]);
  });
});
