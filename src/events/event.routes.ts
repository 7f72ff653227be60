import { Readable } from 'node:stream';
import Type from 'typebox';
import { ok, type Route, route } from '../http/index.ts';
import type { Context } from '../runtime/context.ts';
import type { EventPlace } from './event.store.ts';
import { EventStreamQuery, toTypes } from './event.wire.ts';
import { decodeBookmark } from './event-cursor.ts';
import { findEnd } from './event-feed.ts';
import { streamEvents } from './event-stream.ts';
import { OpenStreams } from './open-streams.ts';

const mediaType = 'text/event-stream';
/** Proxies keep a silent connection open for half a minute and longer. */
const times = { pollMs: 1000, heartbeatMs: 15_000 };

/** Caches keep nothing of a stream, and proxies pass it on as it comes. */
const streamHeaders = {
  'Content-Type': mediaType,
  'Cache-Control': 'no-store, no-transform',
  'X-Accel-Buffering': 'no',
};

export function eventRoutes(context: Context): Route[] {
  const openStreams = new OpenStreams(context.limits.eventStreamsMax);
  return [
    route({
      operation: 'StreamEvents',
      surface: 'rapport',
      method: 'GET',
      path: '/rapport/v1/events',
      summary: 'Follow what happens in conversations, as server-sent events',
      query: EventStreamQuery,
      replies: { 200: Type.String() },
      replyType: mediaType,
      handle: async (request) => {
        const { account, requestId, query, headers, signal } = request;
        const { conversationId } = query;
        const filter = { accountId: account.id, conversationId, types: toTypes(query.types) };
        const from = await findStart(context, account.id, headers['last-event-id'] || query.lastEventId);
        const body = openStreams.open(account.id, () =>
          Readable.from(
            streamEvents(context, filter, from, {
              ...times,
              signal,
              isAllowed: () => request.areCredentialsGood(),
            }),
          ),
        );
        logStream(context, requestId, body);
        return ok(body, streamHeaders);
      },
    }),
  ];
}

/** After the event that the caller saw last, else where events end now. */
async function findStart(
  context: Context,
  accountId: string,
  lastEventId: string | undefined,
): Promise<EventPlace> {
  return lastEventId ? decodeBookmark(context, accountId, lastEventId) : findEnd(context, accountId);
}

/** A stream ends long after its request came, so both are logged. */
function logStream({ log, clock }: Pick<Context, 'log' | 'clock'>, requestId: string, body: Readable): void {
  const openedAt = clock.wallNow();
  log.info({ requestId }, 'event stream opened');
  body.once('close', () => log.info({ requestId, ms: clock.wallNow() - openedAt }, 'event stream closed'));
}
