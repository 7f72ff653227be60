import { expect, it } from 'vitest';
import { bulkInsert, type Database, listOf, type ProfileRow, type Reader } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { accountId } from '../support/rows.ts';

const insertProfiles = bulkInsert('profiles');
const upsertProfiles = bulkInsert('profiles', (insertion) =>
  insertion.onConflict((conflict) =>
    conflict.columns(['store_id', 'id']).doUpdateSet((eb) => ({ created_at: eb.ref('excluded.created_at') })),
  ),
);

describeOnEachDatabase('a bulk insert', (databases) => {
  it.each([0, 1, 49, 50, 51, 1234])('writes %i rows', async (count) => {
    const db = await databases.open();
    await db.transaction((tx) => insertProfiles(tx, profiles(count)));
    expect(await storedProfiles(db)).toEqual(profiles(count));
  });

  it('does what was added to it where a row is there already', async () => {
    const db = await databases.open();
    await db.transaction((tx) => upsertProfiles(tx, profiles(70)));
    const later = profiles(120).map((profile) => ({ ...profile, created_at: 2 }));
    await db.transaction((tx) => upsertProfiles(tx, later));
    expect(await storedProfiles(db)).toEqual(later);
  });

  it('writes each value to its column, in whatever order the members of a row come', async () => {
    const db = await databases.open();
    const [first, second, third] = profiles(3) as [ProfileRow, ProfileRow, ProfileRow];
    await db.transaction((tx) => insertProfiles(tx, [first]));
    await db.transaction((tx) => insertProfiles(tx, [backwards(second)]));
    await db.transaction((tx) => insertProfiles(tx, [backwards(third)]));
    expect(await storedProfiles(db)).toEqual([first, second, third]);
  });

  it('fails as a whole when a row is there already and nothing was added to it', async () => {
    const db = await databases.open();
    await db.transaction((tx) => insertProfiles(tx, profiles(120).slice(110)));
    await expect(db.transaction((tx) => insertProfiles(tx, profiles(120)))).rejects.toThrow();
    expect(await storedProfiles(db)).toHaveLength(10);
  });

  it('writes any text, and half a surrogate pair as U+FFFD', async () => {
    const db = await databases.open();
    await db.transaction((tx) => insertProfiles(tx, texts.map(profileNamed)));
    expect((await storedProfiles(db)).map(({ id }) => id).sort()).toEqual(texts.map(asStored).sort());
  });
});

describeOnEachDatabase('a list of texts', (databases) => {
  it('gives each text once for each time that it is in it', async () => {
    const { reader } = await databases.open();
    expect(await itemsOf(reader, ['a', 'b', 'a'])).toEqual(['a', 'b', 'a']);
    expect(await itemsOf(reader, [])).toEqual([]);
  });

  it('finds what was written, whatever the text', async () => {
    const db = await databases.open();
    await db.transaction((tx) => insertProfiles(tx, texts.map(profileNamed)));
    const found = await db.reader
      .selectFrom(listOf(db.reader, texts).as('sought'))
      .innerJoin('profiles', 'profiles.id', 'sought.item')
      .select('profiles.id')
      .execute();
    expect(found.map(({ id }) => id).sort()).toEqual(texts.map(asStored).sort());
  });
});

const texts = [
  'plain',
  '',
  ' ',
  'a,b',
  '{"}',
  "it's",
  '\\',
  '\\ud83d',
  'null',
  'naïve 👋',
  '\n\t',
  'half \ud83d',
  '\ude00',
];

/** What PostgreSQL and SQLite are sent in the place of half a surrogate pair. */
function asStored(text: string): string {
  return text.toWellFormed();
}

function profileNamed(id: string): ProfileRow {
  return { account_id: accountId, store_id: 'store', id, created_at: 1, merged_into: null };
}

async function itemsOf(reader: Reader, list: readonly string[]): Promise<string[]> {
  const rows = await reader.selectFrom(listOf(reader, list).as('sought')).select('item').execute();
  return rows.map(({ item }) => item);
}

function profiles(count: number): ProfileRow[] {
  return Array.from({ length: count }, (_, number) => ({
    account_id: accountId,
    store_id: 'store',
    id: `profile-${String(number).padStart(4, '0')}`,
    created_at: 1,
    merged_into: number % 3 === 0 ? 'survivor' : null,
  }));
}

function backwards({ account_id, store_id, id, created_at, merged_into }: ProfileRow): ProfileRow {
  return { merged_into, created_at, id, store_id, account_id };
}

async function storedProfiles(db: Database): Promise<ProfileRow[]> {
  return db.reader.selectFrom('profiles').selectAll().orderBy('id').execute();
}
