import { errors } from '../errors/index.ts';
import type { Context } from '../runtime/context.ts';
import { decodeCursor, encodeCursor } from '../storage/index.ts';
import type { EventPlace } from './event.store.ts';

/** A place with the time at which everything after it was still kept. Milliseconds. */
export interface Bookmark extends EventPlace {
  readonly atMs: number;
}

/** The opaque text of a bookmark, good for its account only. */
export function encodeBookmark(accountId: string, { transactionId, position, atMs }: Bookmark): string {
  return encodeCursor(
    { direction: 'next', position: [transactionId, position, atMs] },
    bookmarkScope(accountId),
  );
}

/**
 * The place that the text names. 400 when it is none of the account's, when this database has not come that far, and when
 * events after it may have been removed for their age: going on would leave them out in silence.
 */
export async function decodeBookmark(
  { db, clock, limits }: Pick<Context, 'db' | 'clock' | 'limits'>,
  accountId: string,
  text: string,
): Promise<EventPlace> {
  const cursor = decodeCursor(text, bookmarkScope(accountId), ['integer', 'integer', 'integer']);
  // Decoded by the key above.
  const [transactionId, position, atMs] = (cursor?.position ?? []) as [number, number, number];
  if (!cursor || transactionId >= (await db.horizon(db.reader))) {
    throw errors.invalid('lastEventId', 'is not the id of an event of this account');
  }
  if (atMs < clock.now() - limits.eventsKeepMs) {
    throw errors.invalid('lastEventId', 'is older than the events that are kept; begin without it');
  }
  return { transactionId, position };
}

function bookmarkScope(accountId: string): string {
  return `events ${accountId}`;
}
