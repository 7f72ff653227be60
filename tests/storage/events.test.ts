import { describe, expect, it } from 'vitest';
import { findEnd, readNews } from '../../src/events/event-feed.ts';
import type { Context } from '../../src/runtime/context.ts';
import { type Database, decodeJson, type EventRow, type Tx } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { contextOn, recordText } from '../support/events.ts';
import { accountId, storeRow } from '../support/rows.ts';

const everything = { accountId, conversationId: undefined, types: [] };
const beginning = { transactionId: 0, position: 0 };

const textOf = (row: EventRow) => decodeJson<{ data: { text: string } }>(row.body_json).data.text;

/** Reads on until there is nothing more. */
async function readAll(context: Pick<Context, 'db'>, after = beginning): Promise<string[]> {
  const news = await readNews(context, everything, after);
  const texts = news.events.map(textOf);
  return news.hasMore ? [...texts, ...(await readAll(context, news.through))] : texts;
}

type Work = (tx: Tx) => Promise<unknown>;

/** Begins a transaction with some work and leaves it open until it is given the last of its work. */
async function openTransaction(db: Database, first: Work) {
  const begun = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<Work>();
  const done = db.transaction(async (tx) => {
    await first(tx);
    begun.resolve();
    await (await ending.promise)(tx);
  });
  await begun.promise;
  return {
    async end(last: Work = async () => undefined) {
      ending.resolve(last);
      await done;
    },
  };
}

describeOnEachDatabase('events', (databases) => {
  it('commit with what they tell of, or not at all', async () => {
    const context = contextOn(await databases.open());
    const { db } = context;
    const failing = db.transaction(async (tx) => {
      await recordText(tx, context, 'a', 'never happened');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    await db.transaction((tx) => recordText(tx, context, 'a', 'happened'));
    expect(await readAll(context)).toEqual(['happened']);
  });

  it('ring the bell when they are committed, and only then', async () => {
    const context = contextOn(await databases.open());
    const { db } = context;
    let rings = 0;
    context.eventBell.listen(accountId, () => {
      rings += 1;
    });
    await db
      .transaction(async (tx) => {
        await recordText(tx, context, 'a', 'undone');
        throw new Error('undone');
      })
      .catch(() => undefined);
    expect(rings).toBe(0);
    await db.transaction(async (tx) => {
      await recordText(tx, context, 'a', 'done');
      expect(rings).toBe(0);
    });
    expect(rings).toBe(1);
  });

  it('are read page by page, each once and in order', async () => {
    const context = contextOn(await databases.open());
    const texts = Array.from({ length: 50 }, (_, n) => `${n}`);
    for (const text of texts) {
      await context.db.transaction((tx) => recordText(tx, context, `conversation-${Number(text) % 3}`, text));
    }
    expect(await readAll(context)).toEqual(texts);
  });

  it('are passed over when they are not wanted', async () => {
    const context = contextOn(await databases.open());
    const { db } = context;
    await db.transaction((tx) => recordText(tx, context, 'other', 'unwanted'));
    const news = await readNews(context, { ...everything, conversationId: 'wanted' }, beginning);
    expect(news).toEqual({ events: [], through: await findEnd(context, accountId), hasMore: false });
    expect(news.through).not.toEqual(beginning);
  });

  it('of other accounts are not read', async () => {
    const context = contextOn(await databases.open());
    await context.db.transaction((tx) => recordText(tx, context, 'a', 'theirs', { accountId: 'AC-other' }));
    expect(await readAll(context)).toEqual([]);
    expect(await findEnd(context, accountId)).toEqual(beginning);
  });

  // The others have one transaction at a time.
  describe.skipIf(databases.engine !== 'PostgreSQL')('of transactions that overlap', () => {
    it('are not read while one that is older than theirs goes on', async () => {
      const context = contextOn(await databases.open());
      const { db } = context;
      const older = await openTransaction(db, (tx) => recordText(tx, context, 'a', 'first'));
      await db.transaction((tx) => recordText(tx, context, 'b', 'second'));
      const meanwhile = await readNews(context, everything, beginning);
      expect(meanwhile).toEqual({ events: [], through: beginning, hasMore: false });
      await older.end((tx) => recordText(tx, context, 'a', 'third'));
      expect((await readAll(context)).sort()).toEqual(['first', 'second', 'third']);
      expect((await readAll(context)).filter((text) => text !== 'second')).toEqual(['first', 'third']);
    });

    it('keep the order in which they held their conversation', async () => {
      const context = contextOn(await databases.open());
      const { db } = context;
      const older = await openTransaction(db, (tx) =>
        tx.insertInto('stores').values(storeRow('any')).execute(),
      );
      // What has the later id is first to get the lock.
      await db.transaction(async (tx) => {
        await db.lock(tx, 'conversation:a');
        await recordText(tx, context, 'a', 'first');
      });
      await older.end(async (tx) => {
        await db.lock(tx, 'conversation:a');
        await recordText(tx, context, 'a', 'second');
      });
      expect(await readAll(context)).toEqual(['first', 'second']);
    });

    it('are read by many while many write, each once and in the order of its conversation', async () => {
      const context = contextOn(await databases.open());
      const { db } = context;
      let isWriting = true;
      const read: string[] = [];
      const reading = (async () => {
        let place = beginning;
        for (;;) {
          const wasWriting = isWriting;
          const news = await readNews(context, everything, place);
          read.push(...news.events.map(textOf));
          place = news.through;
          if (!wasWriting && !news.hasMore) return;
        }
      })();
      const order = new Map<string, string[]>();
      const writers = Array.from({ length: 20 }, async (_, writer) => {
        for (let n = 0; n < 15; n += 1) {
          const conversation = `conversation-${(writer + n) % 4}`;
          const text = `${conversation} ${writer}.${n}`;
          await db.transaction(async (tx) => {
            // A write before the lock, as the end of a job is one.
            if (n % 2 === 0) await tx.insertInto('stores').values(storeRow(text)).execute();
            await db.lock(tx, `conversation:${conversation}`);
            await recordText(tx, context, conversation, text);
            order.set(conversation, [...(order.get(conversation) ?? []), text]);
          });
        }
      });
      await Promise.all(writers).finally(() => {
        isWriting = false;
      });
      await reading;
      expect(read).toHaveLength(300);
      for (const [conversation, texts] of order) {
        expect(read.filter((text) => text.startsWith(`${conversation} `))).toEqual(texts);
      }
    });
  });
});
