import type { Context } from '../runtime/context.ts';
import type { EventRow } from '../storage/index.ts';
import { type EventFilter, type EventPlace, findLastPlace, listEvents } from './event.store.ts';

/** Events that are read together. Each may hold a text of 8 MiB, and they wait in memory for their reader. */
const eventsAtOnce = 16;

/** What has happened after a place. */
export interface News {
  readonly events: readonly EventRow[];
  /** Everything up to here is among the events, or was before them, or is not wanted. */
  readonly through: EventPlace;
  /** There may be more after these events. */
  readonly hasMore: boolean;
}

/** Before every event. */
const beginning: EventPlace = { transactionId: 0, position: 0 };

/** Where the account's events end at the moment: whatever is recorded from now on comes after it. */
export async function findEnd({ db }: Pick<Context, 'db'>, accountId: string): Promise<EventPlace> {
  const horizon = await db.horizon(db.reader);
  return (await findLastPlace(db.reader, accountId, horizon)) ?? beginning;
}

/**
 * The next events after a place. None is missed and none comes twice: only those below the horizon are read, where nothing
 * changes any more, and the place moves past what was read and no further.
 */
export async function readNews(
  context: Pick<Context, 'db'>,
  filter: EventFilter,
  after: EventPlace,
): Promise<News> {
  const end = await findEnd(context, filter.accountId);
  if (!isAfter(end, after)) return { events: [], through: after, hasMore: false };
  const range = { after, through: end, max: eventsAtOnce };
  const events = await listEvents(context.db.reader, filter, range);
  const last = events.at(-1);
  const isFull = last !== undefined && events.length === eventsAtOnce;
  return { events, through: isFull ? placeOf(last) : end, hasMore: isFull };
}

export function placeOf({ transaction_id, position }: EventRow): EventPlace {
  return { transactionId: transaction_id, position };
}

function isAfter(place: EventPlace, other: EventPlace): boolean {
  return place.transactionId === other.transactionId
    ? place.position > other.position
    : place.transactionId > other.transactionId;
}
