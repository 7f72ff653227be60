import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import { localhost } from './localhost-certificate.ts';

/** A callback as its receiver sees it. */
export interface ReceivedCallback {
  readonly method: string;
  /** Put together from the request alone, as receivers do: `X-Forwarded-Proto`, `Host` and the request line. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** Of the body, or of the query. */
  readonly eventType: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly token: string;
}

/** What to answer: a status, or anything by hand. Later callbacks are received meanwhile. */
export type Answer = number | ((response: ServerResponse) => void | Promise<void>);

/** A callback URL at which nobody is, so that nothing leaves the machine. */
export const nobodysUrl = 'https://127.0.0.1:1/hook';

/** Somebody's server that status callbacks go to. */
export interface CallbackReceiver {
  /** Its URL, with this after the origin. */
  url(path?: string): string;
  readonly received: readonly ReceivedCallback[];
  /** Decides what the next callbacks are answered; 200 until then. */
  answer(decide: (callback: ReceivedCallback) => Answer): void;
  /** Resolves when so many have come. */
  until(count: number): Promise<readonly ReceivedCallback[]>;
  stop(): Promise<void>;
}

/** At an http URL; with `isSecure` at an https one, whose certificate is that of `localhost-certificate.ts`. */
export async function startCallbackReceiver({ isSecure = false } = {}): Promise<CallbackReceiver> {
  const received: ReceivedCallback[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let decide: (callback: ReceivedCallback) => Answer = () => 200;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const callback = await read(request);
    received.push(callback);
    for (const { count, resolve } of waiting) if (received.length >= count) resolve();
    const answer = decide(callback);
    if (typeof answer === 'number') response.writeHead(answer).end('{"status":"ok"}');
    else await answer(response);
  };
  const server = isSecure ? createSecureServer(localhost, serve) : createServer(serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: (path = '/webhook') =>
      isSecure ? `https://localhost:${port}${path}` : `http://127.0.0.1:${port}${path}`,
    received,
    answer: (next) => {
      decide = next;
    },
    until: async (count) => {
      if (received.length < count) await new Promise<void>((resolve) => waiting.push({ count, resolve }));
      return received;
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function read(request: IncomingMessage): Promise<ReceivedCallback> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const { method = '', url = '', headers } = request;
  const seen = `${headers['x-forwarded-proto'] ?? 'https'}://${headers.host}${url}`;
  const query = Object.fromEntries(new URL(seen).searchParams);
  const event = body === '' ? { ...query, data: JSON.parse(query['data'] ?? '{}') } : JSON.parse(body);
  const token = String(headers['i-twilio-idempotency-token']);
  return { method, url: seen, headers, body, eventType: event.eventType, data: event.data, token };
}

/** Whether the official validator takes the callback for genuine. */
export function isGenuine({ url, headers, body }: ReceivedCallback, authToken: string): boolean {
  const signature = String(headers['x-twilio-signature']);
  return body === ''
    ? twilio.validateRequest(authToken, signature, url, {})
    : twilio.validateRequestWithBody(authToken, signature, url, body);
}
