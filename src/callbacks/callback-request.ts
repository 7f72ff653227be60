import { getExpectedBodyHash, getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { TargetUrl } from './target-url.ts';

/** An event as it goes out. */
export interface OutgoingEvent {
  /** `{eventType, timestamp, data}` as JSON text, which is sent as it is. */
  readonly body: string;
  /** The same on every attempt, and never that of another event or target. */
  readonly idempotencyToken: string;
  readonly requestId: string;
}

/** What is put on the wire, and nothing that depends on when. */
export interface CallbackRequest {
  readonly target: TargetUrl;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined for methods without one. */
  readonly body: Buffer | undefined;
}

const withoutBody = new Set(['GET', 'DELETE']);

/**
 * The request that brings an event to a target (conversations-semantics section 11). The signature is over the URL as the
 * receiver can put it together again from the `Host` header and the request line, with the hash of the body in its query.
 *
 * @param signing the account's signing token, and who we say we are
 */
export function createCallbackRequest(
  target: TargetUrl,
  method: string,
  event: OutgoingEvent,
  signing: { readonly token: string; readonly userAgent: string },
): CallbackRequest {
  const isInQuery = withoutBody.has(method);
  const path = appendQuery(target.path, isInQuery ? eventQuery(event) : bodyQuery(event));
  const body = isInQuery ? undefined : Buffer.from(event.body);
  const url = `${target.protocol}//${target.authority}${path}`;
  return {
    target,
    method,
    path,
    headers: {
      Host: target.authority,
      ...(body ? { 'Content-Type': 'application/json', 'Content-Length': String(body.length) } : {}),
      ...(target.credentials === undefined ? {} : { Authorization: basic(target.credentials) }),
      'User-Agent': signing.userAgent,
      'X-Twilio-Signature': getExpectedTwilioSignature(signing.token, url, {}),
      'i-twilio-idempotency-token': event.idempotencyToken,
      'Twilio-Request-Id': event.requestId,
      // Behind a proxy that ends TLS this header says https; receivers take that for granted where it is missing.
      ...(target.protocol === 'http:' ? { 'X-Forwarded-Proto': 'http' } : {}),
    },
    body,
  };
}

function bodyQuery({ body }: OutgoingEvent): string {
  return `bodySHA256=${getExpectedBodyHash(body)}`;
}

/** For methods without a body the event itself is in the query, `data` as JSON text. */
function eventQuery({ body }: OutgoingEvent): string {
  // Event bodies are ours, in this form.
  const { eventType, timestamp, data } = JSON.parse(body) as Record<'eventType' | 'timestamp', string> & {
    data: unknown;
  };
  const parameters = { eventType, timestamp, data: JSON.stringify(data) };
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

function appendQuery(path: string, query: string): string {
  if (!path.includes('?')) return `${path}?${query}`;
  return path.endsWith('?') || path.endsWith('&') ? `${path}${query}` : `${path}&${query}`;
}

function basic(credentials: string): string {
  return `Basic ${Buffer.from(credentials).toString('base64')}`;
}
