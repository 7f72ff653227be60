import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Cursor,
  type Database,
  fetchPage,
  type Page,
  type PageRequest,
} from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { observationRow } from '../support/rows.ts';

type Row = { created_at: number; id: string };
type Order = PageRequest['order'];

/** The tests of one page size or order or another share a database; each has a profile of its own. */
let profiles = 0;

describeOnEachDatabase('keyset pages', (databases) => {
  it.each<[Order, string[]]>([
    ['ASC', ['a', 'b', 'c', 'd', 'e']],
    ['DESC', ['e', 'd', 'c', 'b', 'a']],
  ])('run through the whole list in order %s', async (order, expected) => {
    const list = await listOf(
      await databases.open(),
      rowsAt(['a', 1], ['b', 1], ['c', 2], ['d', 3], ['e', 3]),
    );
    expect(await list.allIds(2, order)).toEqual(expected);
  });

  it('run back to the first one, with the same items on each', async () => {
    const list = await listOf(
      await databases.open(),
      rowsAt(['a', 1], ['b', 2], ['c', 3], ['d', 4], ['e', 5]),
    );
    const first = await list.page(2, 'DESC');
    const second = await list.page(2, 'DESC', first.next);
    const third = await list.page(2, 'DESC', second.next);
    expect([first, second, third].map(idsOf)).toEqual([['e', 'd'], ['c', 'b'], ['a']]);
    const backAtSecond = await list.page(2, 'DESC', third.previous);
    const backAtFirst = await list.page(2, 'DESC', backAtSecond.previous);
    expect([backAtSecond, backAtFirst].map(idsOf)).toEqual([
      ['c', 'b'],
      ['e', 'd'],
    ]);
    expect(backAtFirst.previous).toBeUndefined();
    expect(idsOf(await list.page(2, 'DESC', backAtFirst.next))).toEqual(['c', 'b']);
  });

  it('have no cursor where the list ends', async () => {
    const db = await databases.open();
    const empty = await listOf(db, []);
    expect(await empty.page(2, 'ASC')).toEqual({ items: [] });
    const full = await listOf(db, rowsAt(['a', 1], ['b', 2]));
    const only = await full.page(2, 'ASC');
    expect(Object.keys(only)).toEqual(['items']);
    const first = await full.page(1, 'ASC');
    const last = await full.page(1, 'ASC', first.next);
    expect([first.previous, last.next]).toEqual([undefined, undefined]);
  });

  it('neither repeat nor skip when rows come and go between two of them', async () => {
    const list = await listOf(await databases.open(), rowsAt(['b', 20], ['d', 40], ['f', 60], ['h', 80]));
    const first = await list.page(2, 'ASC');
    await list.add(rowsAt(['a', 10], ['c', 30], ['e', 50]));
    await list.remove('d');
    const second = await list.page(2, 'ASC', first.next);
    await list.remove('f');
    const third = await list.page(2, 'ASC', second.next);
    expect([first, second, third].map(idsOf)).toEqual([['b', 'd'], ['e', 'f'], ['h']]);
  });

  it('hold each row of any list once, in order, for any size and order', async () => {
    const db = await databases.open();
    const rows = fc.uniqueArray(
      fc.record({ id: fc.stringMatching(/^[a-zA-Z0-9_]{1,6}$/), created_at: fc.nat(5) }),
      { selector: (row) => row.id, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom<Order>('ASC', 'DESC'),
        async (drafts, size, order) => {
          const list = await listOf(db, drafts);
          const sorted = drafts.toSorted((a, b) => a.created_at - b.created_at || (a.id < b.id ? -1 : 1));
          if (order === 'DESC') sorted.reverse();
          const ids = sorted.map((row) => row.id);
          expect(await list.allIds(size, order)).toEqual(ids);
          expect(await list.allIdsFromTheEnd(size, order)).toEqual(ids);
        },
      ),
      { numRuns: databases.engine === 'SQLite' ? 60 : 15, seed: 7 },
    );
  });
});

function rowsAt(...rows: [id: string, createdAt: number][]): Row[] {
  return rows.map(([id, createdAt]) => ({ id, created_at: createdAt }));
}

function idsOf(page: Page<Row>): string[] {
  return page.items.map((row) => row.id);
}

/** A list of its own in the table of observations. */
async function listOf(db: Database, rows: readonly Row[]) {
  profiles += 1;
  const profileId = `profile${profiles}`;
  const add = (drafts: readonly Row[]) =>
    db.transaction(async (tx) => {
      for (const { id, created_at } of drafts) {
        await tx
          .insertInto('observations')
          .values(observationRow(id, { profile_id: profileId, created_at }))
          .execute();
      }
    });
  const page = (size: number, order: Order, cursor?: Cursor) =>
    fetchPage(
      db.reader.selectFrom('observations').select(['created_at', 'id']).where('profile_id', '=', profileId),
      ['created_at', 'id'],
      { size, order, cursor },
    );
  await add(rows);
  return {
    add,
    page,
    remove: (id: string) =>
      db.transaction(
        async (tx) =>
          void (await tx
            .deleteFrom('observations')
            .where('profile_id', '=', profileId)
            .where('id', '=', id)
            .execute()),
      ),
    async allIds(size: number, order: Order): Promise<string[]> {
      const ids: string[] = [];
      let at = await page(size, order);
      ids.push(...idsOf(at));
      while (at.next) {
        at = await page(size, order, at.next);
        ids.push(...idsOf(at));
      }
      return ids;
    },
    /** Goes to the last page, then back to the first one. */
    async allIdsFromTheEnd(size: number, order: Order): Promise<string[]> {
      let at = await page(size, order);
      while (at.next) at = await page(size, order, at.next);
      const ids = idsOf(at);
      while (at.previous) {
        at = await page(size, order, at.previous);
        ids.unshift(...idsOf(at));
      }
      return ids;
    },
  };
}
