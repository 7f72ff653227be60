import type { Context } from '../runtime/context.ts';
import type { EventRow } from '../storage/index.ts';
import type { EventFilter, EventPlace } from './event.store.ts';
import { Alarm } from './event-alarm.ts';
import { encodeBookmark } from './event-cursor.ts';
import { placeOf, readNews } from './event-feed.ts';

/** Milliseconds of the machine's time. */
export interface StreamTimes {
  /** Events that another process recorded are noticed this often. */
  readonly pollMs: number;
  /** A stream that has nothing to tell says so this often, so that nobody takes the connection for a dead one. */
  readonly heartbeatMs: number;
}

/**
 * After a ring that brought nothing: an event stays above the horizon for as long as a transaction that is older than its own
 * goes on, and the end of that one rings no bell.
 */
const firstRetryMs = 10;

type StreamContext = Pick<Context, 'db' | 'clock' | 'eventBell'>;

/**
 * The wanted events after a place as `text/event-stream`, for as long as the signal lets it. A block with an id alone says where
 * the stream is while it has nothing to tell; event sources remember the id and report nothing.
 */
export async function* streamEvents(
  context: StreamContext,
  filter: EventFilter,
  from: EventPlace,
  { signal, pollMs, heartbeatMs }: StreamTimes & { signal: AbortSignal },
): AsyncGenerator<string, void> {
  const { clock, eventBell } = context;
  const { accountId } = filter;
  using alarm = new Alarm(eventBell, accountId, signal);
  let place = from;
  let waitMs = pollMs;
  let silentAt = clock.wallNow() + heartbeatMs;
  const tell = (text: string) => {
    silentAt = clock.wallNow() + heartbeatMs;
    return text;
  };
  yield tell(placeBlock(accountId, place, clock.now()));
  while (!signal.aborted) {
    const isRung = alarm.reset();
    const readAt = clock.now();
    const news = await readNews(context, filter, place);
    for (const event of news.events) yield tell(eventBlock(accountId, event));
    const isMoved = news.through !== place;
    place = news.through;
    if (news.hasMore) continue;
    if (clock.wallNow() >= silentAt) yield tell(`: heartbeat\n${placeBlock(accountId, place, readAt)}`);
    waitMs = isMoved ? pollMs : isRung ? firstRetryMs : Math.min(pollMs, waitMs * 2);
    await alarm.wait(Math.min(waitMs, Math.max(1, silentAt - clock.wallNow())));
  }
}

function eventBlock(accountId: string, event: EventRow): string {
  const id = encodeBookmark(accountId, { ...placeOf(event), atMs: event.created_at });
  // JSON has no line breaks of its own.
  return `id: ${id}\nevent: ${event.type}\ndata: ${event.body_json}\n\n`;
}

function placeBlock(accountId: string, place: EventPlace, atMs: number): string {
  return `id: ${encodeBookmark(accountId, { ...place, atMs })}\n\n`;
}
