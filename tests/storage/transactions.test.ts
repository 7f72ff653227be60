import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { type Database, decodeJson, encodeJson, type Tx } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { accountId, observationRow, storeRow } from '../support/rows.ts';

describeOnEachDatabase('the database', (databases) => {
  describe('a transaction', () => {
    it('is read back by everybody once it is acknowledged', async () => {
      const db = await databases.open();
      await db.transaction((tx) => insertStore(tx, 'a'));
      expect(await storeIds(db)).toEqual(['a']);
      expect(await storeIds(await databases.openAgain())).toEqual(['a']);
    });

    it('answers with what its work returned', async () => {
      const db = await databases.open();
      expect(await db.transaction(async () => 42)).toBe(42);
    });

    it('reads its own writes', async () => {
      const db = await databases.open();
      const seen = await db.transaction(async (tx) => {
        await insertStore(tx, 'a');
        return tx.selectFrom('stores').select('id').execute();
      });
      expect(seen).toEqual([{ id: 'a' }]);
    });

    it('leaves nothing behind when its work throws', async () => {
      const db = await databases.open();
      const failing = db.transaction(async (tx) => {
        await insertStore(tx, 'a');
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await storeIds(db)).toEqual([]);
    });

    it('leaves nothing behind when its work throws before its first await', async () => {
      const db = await databases.open();
      const failing = db.transaction(() => {
        throw new Error('at once');
      });
      await expect(failing).rejects.toThrow('at once');
    });

    it('fails alone when others that started with it succeed', async () => {
      const db = await databases.open();
      const results = await Promise.allSettled([
        db.transaction((tx) => insertStore(tx, 'first')),
        db.transaction(async (tx) => {
          await insertStore(tx, 'undone');
          throw new Error('undone');
        }),
        db.transaction((tx) => insertStore(tx, 'second')),
        db.transaction(async (tx) => {
          await insertStore(tx, 'duplicate');
          await insertStore(tx, 'duplicate');
        }),
        db.transaction((tx) => insertStore(tx, 'third')),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      expect(await storeIds(db)).toEqual(['first', 'second', 'third']);
    });

    it('sees what an acknowledged one wrote, however many stand in line', async () => {
      const db = await databases.open();
      await Promise.all(
        Array.from({ length: 300 }, async (_, index) => {
          await db.transaction((tx) => insertStore(tx, `s${index}`));
          const found = await db.reader
            .selectFrom('stores')
            .select('id')
            .where('id', '=', `s${index}`)
            .execute();
          expect(found).toHaveLength(1);
        }),
      );
      expect(await storeIds(db)).toHaveLength(300);
    });
  });

  describe('a hook after the commit', () => {
    it('runs when the rows can be read by others', async () => {
      const db = await databases.open();
      const { promise: seen, resolve } = Promise.withResolvers<string[]>();
      await db.transaction(async (tx) => {
        db.afterCommit(tx, () => resolve(storeIds(db)));
        await insertStore(tx, 'a');
      });
      expect(await seen).toEqual(['a']);
    });

    it('has run when the transaction is acknowledged', async () => {
      const db = await databases.open();
      const events: string[] = [];
      await db.transaction(async (tx) => db.afterCommit(tx, () => events.push('hook')));
      events.push('acknowledged');
      expect(events).toEqual(['hook', 'acknowledged']);
    });

    it('is refused outside the transaction', async () => {
      const db = await databases.open();
      // A reader is what a careless caller has at hand.
      expect(() => db.afterCommit(db.reader as Tx, () => undefined)).toThrow('needs the transaction');
    });

    it('is forgotten when the transaction rolls back, and those of its neighbours are not', async () => {
      const db = await databases.open();
      const events: string[] = [];
      await Promise.allSettled([
        db.transaction(async (tx) => db.afterCommit(tx, () => events.push('first'))),
        db.transaction(async (tx) => {
          db.afterCommit(tx, () => events.push('undone'));
          throw new Error('undone');
        }),
        db.transaction(async (tx) => db.afterCommit(tx, () => events.push('second'))),
      ]);
      expect(events.sort()).toEqual(['first', 'second']);
    });
  });

  describe('a lock', () => {
    it('makes those who read, change and write one value do so one after the other', async () => {
      const db = await databases.open();
      await db.transaction((tx) => insertStore(tx, 'counter', { version: 0 }));
      const handles = [db, await databases.openAgain()];
      // On PGlite and SQLite transactions are one after the other anyway.
      const writers = databases.engine === 'PostgreSQL' ? handles : [db];
      await Promise.all(
        Array.from({ length: 40 }, (_, index) => increment(writers[index % writers.length] ?? db)),
      );
      expect(await versionOf(db)).toBe(40);
    });

    it('on several keys cannot make two transactions wait for each other', async () => {
      const db = await databases.open();
      const inEitherOrder = Array.from({ length: 20 }, (_, index) =>
        db.transaction((tx) => db.lock(tx, ...(index % 2 === 0 ? ['a', 'b', 'c'] : ['c', 'b', 'a']))),
      );
      await expect(Promise.all(inEitherOrder)).resolves.toHaveLength(20);
    });

    it('is let go when the transaction fails', async () => {
      const db = await databases.open();
      const failing = db.transaction(async (tx) => {
        await db.lock(tx, 'key');
        throw new Error('failed');
      });
      await expect(failing).rejects.toThrow('failed');
      await expect(db.transaction((tx) => db.lock(tx, 'key'))).resolves.toBeUndefined();
    });
  });

  describe('a deadlock', () => {
    it.skipIf(databases.engine !== 'PostgreSQL')('is resolved by running one side again', async () => {
      const db = await databases.open();
      await db.transaction(async (tx) => {
        await insertStore(tx, 'a', { version: 0 });
        await insertStore(tx, 'b', { version: 0 });
      });
      const bothHoldOne = barrier(2);
      let runs = 0;
      const addToBoth = (first: string, second: string) =>
        db.transaction(async (tx) => {
          runs += 1;
          await addOne(tx, first);
          await bothHoldOne();
          await addOne(tx, second);
        });
      await Promise.all([addToBoth('a', 'b'), addToBoth('b', 'a')]);
      expect(runs).toBe(3);
      expect(await db.reader.selectFrom('stores').select('version').execute()).toEqual([
        { version: 2 },
        { version: 2 },
      ]);
    });
  });

  describe('text and JSON', () => {
    const texts = {
      'an empty one': '',
      'emoji and combined characters': '👩‍👩‍👧‍👦 e\u0301 🇫🇷 ﷽',
      'quotes, backslashes and line ends': `'"\\\r\n\t%_$1 ? :name`,
      'characters beyond the first plane and from the right': '𝔘𝔫𝔦 שלום 你好',
      'control characters': '\u0001\u001f\u007f\u0085\u2028',
      'eight million characters': 'ä'.repeat(8_000_000),
    };
    it('come back as they were written', async () => {
      const db = await databases.open();
      await db.transaction(async (tx) => {
        for (const [id, content] of Object.entries(texts)) {
          await tx.insertInto('observations').values(observationRow(id, { content })).execute();
        }
      });
      const rows = await db.reader.selectFrom('observations').select(['id', 'content']).execute();
      expect(rows).toHaveLength(Object.keys(texts).length);
      for (const { id, content } of rows) expect(content === texts[id as keyof typeof texts], id).toBe(true);
    });

    it('keep numbers, nesting and order of members', async () => {
      const db = await databases.open();
      const value = {
        z: 1,
        a: [0.1, -0, 1e21, null, true],
        nested: { '': 'empty name', __proto: [] },
        big: 2 ** 53,
      };
      const row = observationRow('a', { conversation_ids_json: encodeJson(value) });
      await db.transaction(async (tx) => void (await tx.insertInto('observations').values(row).execute()));
      const { conversation_ids_json: text } = await db.reader
        .selectFrom('observations')
        .select('conversation_ids_json')
        .executeTakeFirstOrThrow();
      expect(text).toBe(JSON.stringify(value));
      expect(decodeJson(text)).toEqual({ ...value, a: [0.1, 0, 1e21, null, true] });
    });

    it('are compared and sorted byte by byte', async () => {
      const db = await databases.open();
      const ids = ['a', 'B', '_', '~', 'é', 'Z', '10', '9', '🙂', '\uffee'];
      await db.transaction(async (tx) => {
        for (const id of ids) await insertStore(tx, id);
      });
      const byBytes = ids.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await storeIds(db)).toEqual(byBytes);
    });

    it('hold whole numbers of 53 bits, and numbers stay numbers', async () => {
      const db = await databases.open();
      const values = [0, -1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
      await db.transaction(async (tx) => {
        for (const value of values) await insertStore(tx, `s${value}`, { created_at: value });
      });
      const rows = await db.reader
        .selectFrom('stores')
        .select(['created_at'])
        .orderBy('created_at')
        .execute();
      expect(rows.map((row) => row.created_at)).toEqual(values.toSorted((a, b) => a - b));
    });
  });
});

async function insertStore(tx: Tx, id: string, changes?: Parameters<typeof storeRow>[1]): Promise<void> {
  await tx.insertInto('stores').values(storeRow(id, changes)).execute();
}

async function storeIds(db: Database): Promise<string[]> {
  const rows = await db.reader.selectFrom('stores').select('id').orderBy('id').execute();
  return rows.map((row) => row.id);
}

async function versionOf(db: Database): Promise<number> {
  const row = await db.reader
    .selectFrom('stores')
    .select('version')
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return row.version;
}

/** Reads, then writes what it made of it: loses updates when two do it at once. */
async function increment(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await db.lock(tx, 'counter');
    const { version } = await tx.selectFrom('stores').select('version').executeTakeFirstOrThrow();
    await tx
      .updateTable('stores')
      .set({ version: version + 1 })
      .execute();
  });
}

async function addOne(tx: Tx, id: string): Promise<void> {
  await tx.updateTable('stores').set({ version: sql`version + 1` }).where('id', '=', id).execute();
}

/** Lets callers pass when `count` of them have arrived, and everybody after that. */
function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let arrived = 0;
  return () => {
    arrived += 1;
    if (arrived >= count) resolve();
    return promise;
  };
}
