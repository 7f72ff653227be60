import { randomUUID } from 'node:crypto';

/** Answered in `Twilio-Request-Id` and written on each log line of the request. */
export function createRequestId(): string {
  return `RQ${randomUUID().replaceAll('-', '')}`;
}
