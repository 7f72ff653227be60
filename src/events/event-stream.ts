import type { Context } from '../runtime/context.ts';
import type { EventRow } from '../storage/index.ts';
import type { EventFilter, EventPlace } from './event.store.ts';
import { Alarm } from './event-alarm.ts';
import { encodeBookmark } from './event-cursor.ts';
import { placeOf, readNews } from './event-feed.ts';
import { StreamPace, type StreamTimes } from './stream-pace.ts';

export interface StreamOptions extends StreamTimes {
  /** The stream ends when it aborts. */
  readonly signal: AbortSignal;
  /** Asked before anything is told: the stream ends when the reader may no longer see it. */
  readonly isAllowed: () => Promise<boolean>;
}

type StreamContext = Pick<Context, 'db' | 'clock' | 'eventBell'>;

/**
 * The wanted events after a place as `text/event-stream`, until the reader is gone or may see no more. A block with an id alone
 * says where the stream is while it has nothing to tell; event sources remember the id and report nothing.
 */
export async function* streamEvents(
  context: StreamContext,
  filter: EventFilter,
  from: EventPlace,
  { signal, isAllowed, ...times }: StreamOptions,
): AsyncGenerator<string, void> {
  const { clock, eventBell } = context;
  const { accountId } = filter;
  using alarm = new Alarm(eventBell, accountId, signal);
  const pace = new StreamPace(clock, times);
  let place = from;
  yield placeBlock(accountId, place, clock.now());
  while (!signal.aborted) {
    const isRung = alarm.reset();
    const readAt = clock.now();
    const { events, through, hasMore } = await readNews(context, filter, place);
    const blocks = events.map((event) => eventBlock(accountId, event));
    if (blocks.length === 0 && pace.isSilent()) blocks.push(heartbeat(accountId, through, readAt));
    if (blocks.length > 0 && !(await isAllowed())) return;
    for (const block of blocks) {
      yield block;
      pace.noteTold();
    }
    const hasFound = through !== place;
    place = through;
    if (!hasMore) await alarm.wait(pace.nextWaitMs({ isRung, hasFound }));
  }
}

function eventBlock(accountId: string, event: EventRow): string {
  const id = encodeBookmark(accountId, { ...placeOf(event), atMs: event.created_at });
  // JSON has no line breaks of its own.
  return `id: ${id}\nevent: ${event.type}\ndata: ${event.body_json}\n\n`;
}

function heartbeat(accountId: string, place: EventPlace, atMs: number): string {
  return `: heartbeat\n${placeBlock(accountId, place, atMs)}`;
}

function placeBlock(accountId: string, place: EventPlace, atMs: number): string {
  return `id: ${encodeBookmark(accountId, { ...place, atMs })}\n\n`;
}
