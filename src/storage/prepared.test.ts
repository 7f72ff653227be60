import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from './database.ts';
import { openDatabase } from './open.ts';
import { prepared } from './prepared.ts';

let folder: string;
let db: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rapport-prepared-'));
  db = await openDatabase({ sqliteFile: join(folder, 'rapport.db') });
  await db.transaction((tx) =>
    tx
      .insertInto('embedding_models')
      .values(['a', 'b', 'c'].map((id) => ({ id, model: `model of ${id}` })))
      .execute(),
  );
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

function counted() {
  const built = { times: 0 };
  const find = prepared((reader, { model, ids }: { model: string; ids: readonly string[] }) => {
    built.times += 1;
    return reader
      .selectFrom('embedding_models')
      .select('id')
      .where('id', 'in', ids)
      .where('model', 'like', 'model%')
      .where('model', '<>', model)
      .orderBy('id');
  });
  return { built, find };
}

describe('a prepared query', () => {
  it('takes other values in each call, and is built once', async () => {
    const { built, find } = counted();
    const ask = (model: string, ids: string[]) => find(db.reader, { model, ids });
    expect(await ask('model of b', ['a', 'b'])).toEqual([{ id: 'a' }]);
    expect(await ask('model of c', ['b', 'c'])).toEqual([{ id: 'b' }]);
    expect(built.times).toBe(1);
  });

  it('is built again for a list of another length', async () => {
    const { built, find } = counted();
    expect(await find(db.reader, { model: '', ids: ['a'] })).toEqual([{ id: 'a' }]);
    expect(await find(db.reader, { model: '', ids: ['a', 'c', 'x'] })).toEqual([{ id: 'a' }, { id: 'c' }]);
    expect(built.times).toBe(2);
  });

  it('is built each time for a list so long that it is rare', async () => {
    const { built, find } = counted();
    const ids = ['a', ...Array.from({ length: 50 }, (_, at) => `x${at}`)];
    for (const _ of [1, 2]) expect(await find(db.reader, { model: '', ids })).toEqual([{ id: 'a' }]);
    expect(built.times).toBe(2);
  });

  it('reads what its transaction has written', async () => {
    const { find } = counted();
    await db.transaction(async (tx) => {
      await tx.insertInto('embedding_models').values({ id: 'd', model: 'model of d' }).execute();
      expect(await find(tx, { model: '', ids: ['d'] })).toEqual([{ id: 'd' }]);
    });
  });
});
