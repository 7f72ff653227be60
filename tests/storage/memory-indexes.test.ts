import { expect, it } from 'vitest';
import { MemoryIndexes, nextMemoryVersion } from '../../src/memory/search/index.ts';
import type { Database } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { accountId, observationRow } from '../support/rows.ts';

const owner = { accountId, profileId: 'profile' };
const plenty = 1e9;
/** The terms of the date that every row of these tests has. */
const dateTerms = /\d|januari/;

/** Writes observations with these texts by id, as one version. */
async function write(db: Database, texts: Readonly<Record<string, string>>): Promise<void> {
  await db.transaction(async (tx) => {
    const memory_version = await nextMemoryVersion(tx, owner);
    for (const [id, content] of Object.entries(texts)) {
      await tx.deleteFrom('observations').where('id', '=', id).execute();
      await tx.insertInto('observations').values(observationRow(id, { content, memory_version })).execute();
    }
  });
}

async function remove(db: Database, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.deleteFrom('observations').where('id', '=', id).execute();
    await nextMemoryVersion(tx, owner, { removes: true });
  });
}

async function vocabulary(db: Database, indexes: MemoryIndexes): Promise<string[]> {
  const { observation } = await indexes.open(db.reader, owner.profileId);
  return [...observation.vocabulary()].filter((term) => !dateTerms.test(term)).sort();
}

describeOnEachDatabase('the indexes that are kept in memory', (databases) => {
  it('hold what was written, changed and removed, whoever did it', async () => {
    const db = await databases.open();
    const [mine, another] = [1, 2].map(() => new MemoryIndexes({ bytesMax: plenty }));
    if (!mine || !another) throw new Error('two were made');
    for (const [change, expected] of [
      [() => write(db, { a: 'lamp', b: 'bike' }), ['bike', 'lamp']],
      [() => write(db, { c: 'shoes' }), ['bike', 'lamp', 'shoe']],
      [() => write(db, { a: 'parcel' }), ['bike', 'parcel', 'shoe']],
      [() => remove(db, 'b'), ['parcel', 'shoe']],
      [() => write(db, { d: 'tea' }), ['parcel', 'shoe', 'tea']],
    ] as const) {
      await change();
      expect(await vocabulary(db, mine)).toEqual(expected);
      expect(await vocabulary(db, another)).toEqual(expected);
    }
    expect(await vocabulary(db, new MemoryIndexes({ bytesMax: plenty }))).toEqual(['parcel', 'shoe', 'tea']);
  });

  it('read only what changed when memories are added', async () => {
    const db = await databases.open();
    const indexes = new MemoryIndexes({ bytesMax: plenty });
    await write(db, { a: 'lamp' });
    const before = (await indexes.open(db.reader, owner.profileId)).observation;
    await write(db, { b: 'bike' });
    expect((await indexes.open(db.reader, owner.profileId)).observation).toBe(before);
  });

  it('are exact while others write and several read at once', async () => {
    const db = await databases.open();
    const indexes = new MemoryIndexes({ bytesMax: plenty });
    await write(db, { a: 'version zero' });
    const writes = Array.from({ length: 20 }, (_, at) => write(db, { a: `state s${at}x` }));
    const reads = Array.from({ length: 20 }, () => indexes.open(db.reader, owner.profileId));
    await Promise.all([...writes, ...reads]);
    const { observation } = await indexes.open(db.reader, owner.profileId);
    const row = await db.reader.selectFrom('observations').select('content').executeTakeFirstOrThrow();
    expect(observation.size).toBe(1);
    expect(observation.has(row.content.split(' ')[1] ?? '')).toBe(true);
  });

  it('stay within their bound: the ones not used for longest go', async () => {
    const db = await databases.open();
    const indexes = new MemoryIndexes({ bytesMax: 1 });
    await write(db, { a: 'lamp' });
    expect(await vocabulary(db, indexes)).toEqual(['lamp']);
    expect(indexes.size).toEqual({ profiles: 0, bytes: 0 });
    expect(await vocabulary(db, indexes)).toEqual(['lamp']);
  });
});
