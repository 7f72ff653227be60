import { basicAuthorization, testAccount } from '../../src/testing/index.ts';

/** An event as the stream tells it. */
export interface StreamedEvent {
  readonly id: string;
  /** What the `event` field says. */
  readonly name: string;
  readonly data: { readonly eventType: string; readonly timestamp: string; readonly data: EventData };
}

export type EventData = Record<string, unknown> & { readonly id: string; readonly conversationId?: string };

/** An event stream that is open, read by the rules of server-sent events. */
export interface EventStream {
  readonly headers: Headers;
  /** Id of the last block, with or without an event. */
  readonly lastEventId: string;
  /** The next `count` events. */
  take(count: number): Promise<StreamedEvent[]>;
  /** Events until one that the condition holds for, without it. */
  takeUntil(isLast: (event: StreamedEvent) => boolean): Promise<StreamedEvent[]>;
  /** Everything up to the end that the server makes; throws when the connection breaks. */
  takeAll(): Promise<StreamedEvent[]>;
  close(): Promise<void>;
}

interface StreamOptions {
  /** Query of the stream. */
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
}

/** Opens a stream and waits for its first block; throws when the server refuses it. */
export async function openEventStream(url: string, options: StreamOptions = {}): Promise<EventStream> {
  const controller = new AbortController();
  const response = await requestEvents(url, options, controller.signal);
  if (response.status !== 200 || !response.body) throw new Error(`no event stream: ${response.status}`);
  const blocks = readBlocks(response.body);
  let lastEventId = '';
  const next = async (): Promise<StreamedEvent | 'place' | undefined> => {
    const { value, done } = await blocks.next();
    if (done) return undefined;
    lastEventId = value.get('id') ?? lastEventId;
    const data = value.get('data');
    if (data === undefined) return 'place';
    return { id: lastEventId, name: value.get('event') ?? '', data: JSON.parse(data) };
  };
  const nextEvent = async (): Promise<StreamedEvent | undefined> => {
    for (;;) {
      const block = await next();
      if (block !== 'place') return block;
    }
  };
  const takeWhile = async (isWanted: (event: StreamedEvent, count: number) => boolean) => {
    const taken: StreamedEvent[] = [];
    for (;;) {
      const event = await nextEvent();
      if (!event || !isWanted(event, taken.length)) return taken;
      taken.push(event);
    }
  };
  await next();
  return {
    headers: response.headers,
    get lastEventId() {
      return lastEventId;
    },
    async take(count) {
      const taken: StreamedEvent[] = [];
      while (taken.length < count) {
        const event = await nextEvent();
        if (!event) throw new Error(`the stream ended after ${taken.length} of ${count} events`);
        taken.push(event);
      }
      return taken;
    },
    takeUntil: (isLast) => takeWhile((event) => !isLast(event)),
    takeAll: () => takeWhile(() => true),
    async close() {
      controller.abort();
      await blocks.return(undefined).catch(() => undefined);
    },
  };
}

/** The bare request, for what the server answers instead of a stream. */
export function requestEvents(
  url: string,
  { query = {}, headers = {} }: StreamOptions = {},
  signal?: AbortSignal,
): Promise<Response> {
  return fetch(`${url}/rapport/v1/events?${new URLSearchParams(query)}`, {
    headers: {
      Authorization: basicAuthorization(testAccount.sid, testAccount.authToken),
      Accept: 'text/event-stream',
      ...headers,
    },
    ...(signal ? { signal } : {}),
  });
}

/** The fields of each block; comments are left out, and so are blocks of nothing else. */
async function* readBlocks(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ReadonlyMap<string, string>, undefined> {
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block
        .split('\n')
        .filter((line) => !line.startsWith(':'))
        .map((line): [string, string] => [line.replace(/:.*/s, ''), line.replace(/^[^:]*: ?/, '')]);
      if (fields.length > 0) yield new Map(fields);
    }
  }
  return undefined;
}
