import { randomBytes } from 'node:crypto';

/** Answered in `Twilio-Request-Id` and written on each log line of the request. */
export function createRequestId(): string {
  return `RQ${randomBytes(16).toString('hex')}`;
}
