import { expect, it } from 'vitest';
import { type Database, deleteSome, type ErasableTable } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { accountId, observationRow } from '../support/rows.ts';

const observations: ErasableTable = { table: 'observations', by: 'profile_id', key: ['profile_id', 'id'] };
const links: ErasableTable = {
  table: 'observation_conversations',
  by: 'profile_id',
  key: ['profile_id', 'conversation_id', 'observation_id'],
};

/** Ten observations of each profile, each of which names a conversation. */
async function fill(db: Database, profileIds: readonly string[], account = accountId): Promise<void> {
  await db.transaction(async (tx) => {
    for (const profile_id of profileIds) {
      const ids = Array.from({ length: 10 }, (_, n) => `${profile_id}-${n}`);
      const rows = ids.map((id) => observationRow(id, { profile_id, account_id: account }));
      await tx.insertInto('observations').values(rows).execute();
      const named = ids.map((observation_id) => ({
        account_id: account,
        profile_id,
        conversation_id: 'c',
        observation_id,
      }));
      await tx.insertInto('observation_conversations').values(named).execute();
    }
  });
}

function erase(db: Database, tables: readonly ErasableTable[], ids: readonly string[], rowsMax: number) {
  return db.transaction((tx) => deleteSome(tx, tables, { accountId, ids }, rowsMax));
}

async function count(db: Database, table: 'observations' | 'observation_conversations'): Promise<number> {
  return (await db.reader.selectFrom(table).select('profile_id').execute()).length;
}

describeOnEachDatabase('deleting some rows', (databases) => {
  it('takes table after table, never more than it may, until nothing is left', async () => {
    const db = await databases.open();
    await fill(db, ['a', 'b']);
    const left: number[][] = [];
    for (let more = 0; more <= 0; ) {
      more = await erase(db, [observations, links], ['a', 'b'], 15);
      left.push([more, await count(db, 'observations'), await count(db, 'observation_conversations')]);
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
    await erase(db, [observations, links], ['a', 'theirs'], 1000);
    expect([await count(db, 'observations'), await count(db, 'observation_conversations')]).toEqual([20, 20]);
  });
});
