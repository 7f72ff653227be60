import { once } from 'node:events';
import { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { decodeBookmark } from '../../src/events/event-cursor.ts';
import { findEnd } from '../../src/events/event-feed.ts';
import { streamEvents } from '../../src/events/event-stream.ts';
import type { Context } from '../../src/runtime/context.ts';
import type { Database } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { contextOn, recordText } from '../support/events.ts';
import { accountId, storeRow } from '../support/rows.ts';

/** So long that a test which needs it to pass does not end. */
const never = 1_000_000;
const beginning = { transactionId: 0, position: 0 };

interface Options {
  readonly pollMs?: number;
  readonly heartbeatMs?: number;
  readonly conversationId?: string;
}

/** A stream from the beginning that ends with the test. */
function stream(
  context: Context,
  { pollMs = never, heartbeatMs = never, conversationId }: Options = {},
): { chunks: AsyncGenerator<string>; end(): void } {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const filter = { accountId, conversationId, types: [] };
  const { signal } = controller;
  const isAllowed = async () => true;
  return {
    chunks: streamEvents(context, filter, beginning, { signal, isAllowed, pollMs, heartbeatMs }),
    end: () => controller.abort(),
  };
}

async function nextText(chunks: AsyncGenerator<string>): Promise<unknown> {
  const { value } = await chunks.next();
  const data = String(value).match(/^data: (.*)$/m)?.[1] ?? '{}';
  return (JSON.parse(data) as { data?: { text: string } }).data?.text;
}

const record = (context: Context, text: string, conversationId = 'a') =>
  context.db.transaction((tx) => recordText(tx, context, conversationId, text));

/** The same database, and how often it was asked where its events end. */
function counting(db: Database): { db: Database; count(): number } {
  let count = 0;
  const horizon: Database['horizon'] = (reader) => {
    count += 1;
    return db.horizon(reader);
  };
  const counted = new Proxy(db, {
    get: (target, name) => {
      if (name === 'horizon') return horizon;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { db: counted, count: () => count };
}

describeOnEachDatabase('an event stream', (databases) => {
  it('begins with its place, and tells events as soon as they are committed here', async () => {
    const context = contextOn(await databases.open());
    const { chunks } = stream(context);
    const { value: first } = await chunks.next();
    expect(first).toMatch(/^id: [\w-]+\n\n$/);
    const next = nextText(chunks);
    await record(context, 'one');
    expect(await next).toBe('one');
  });

  it('notices what another process has recorded', async () => {
    const context = contextOn(await databases.open());
    const other = contextOn(await databases.openAgain());
    const { chunks } = stream(context, { pollMs: 20 });
    await chunks.next();
    const next = nextText(chunks);
    await record(other, 'elsewhere');
    expect(await next).toBe('elsewhere');
  });

  it.skipIf(databases.engine !== 'PostgreSQL')(
    'tells what an older transaction held back as soon as that has ended, though no bell rings then',
    async () => {
      const context = contextOn(await databases.open());
      const { chunks } = stream(context);
      await chunks.next();
      const next = nextText(chunks);
      await context.db.transaction(async (tx) => {
        await tx.insertInto('stores').values(storeRow('older')).execute();
        await record(context, 'held back');
      });
      expect(await next).toBe('held back');
    },
  );

  it('says that it lives when it has nothing to tell, and how far it has come', async () => {
    const context = contextOn(await databases.open());
    const { chunks } = stream(context, { heartbeatMs: 20, conversationId: 'wanted' });
    await chunks.next();
    await record(context, 'not wanted', 'other');
    const end = await findEnd(context, accountId);
    const placeOfBeat = async () => {
      const { value: beat } = await chunks.next();
      const [, id = ''] = String(beat).match(/^: heartbeat\nid: ([\w-]+)\n\n$/) ?? [];
      return decodeBookmark(context, accountId, id);
    };
    // One that was under way may have been before the event.
    await placeOfBeat();
    expect(await placeOfBeat()).toEqual(end);
    await record(context, 'wanted', 'wanted');
    expect(await nextText(chunks)).toBe('wanted');
  });

  it('reads no further than its reader has come', async () => {
    const { db, count } = counting(await databases.open());
    const context = contextOn(db);
    for (let n = 0; n < 40; n += 1) await record(context, `${n}`);
    const body = Readable.from(stream(context).chunks);
    onTestFinished(() => void body.destroy());
    await once(body, 'readable');
    const chunks = body[Symbol.asyncIterator]();
    for (let n = 0; n < 10; n += 1) await chunks.next();
    expect(count()).toBe(1);
    for (let n = 0; n < 10; n += 1) await chunks.next();
    expect(count()).toBe(2);
  });

  it('ends when it is told to, also while it waits', async () => {
    const context = contextOn(await databases.open());
    const { chunks, end } = stream(context);
    await chunks.next();
    const next = chunks.next();
    end();
    expect(await next).toEqual({ value: undefined, done: true });
  });
});
