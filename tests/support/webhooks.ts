import { createHash } from 'node:crypto';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import type { TestReply, TestServer } from '../../src/testing/index.ts';
import { agentNumber, customerNumber } from './conversations.ts';

export const ingest = '/rapport/v1/ingest';

/** Parameters of a form; a list is a parameter that is repeated. */
export type Form = Readonly<Record<string, string | readonly string[]>>;

let count = 0;

/** A SID that nothing else in the test run has. */
export function uniqueSid(prefix: 'SM' | 'CA' | 'GT' | 'CH' | 'IM'): string {
  count += 1;
  return `${prefix}${String(count).padStart(32, '0')}`;
}

/** A number that nobody else in the test run has. */
export function uniqueCustomer(): string {
  count += 1;
  return `+1${303 + Math.floor(count / 100)}55501${String(count % 100).padStart(2, '0')}`;
}

/** A text message from the customer to the agent, as a number's webhook tells of it, unless told otherwise. */
export function messageForm(changes: Form = {}): Form {
  return { MessageSid: uniqueSid('SM'), From: customerNumber, To: agentNumber, Body: 'hello', ...changes };
}

/** A final fragment of a call, as a real-time transcription tells of it. */
export function fragmentForm(callSid: string, transcript: string, changes: Form = {}): Form {
  count += 1;
  return {
    TranscriptionEvent: 'transcription-content',
    CallSid: callSid,
    TranscriptionSid: `GT${callSid.slice(2)}`,
    SequenceId: String(count),
    Final: 'true',
    Track: 'inbound_track',
    TranscriptionData: JSON.stringify({ transcript, confidence: 0.9 }),
    ...changes,
  };
}

/** Posts a form with the root account's credentials, or with the headers that are given in their place. */
export async function postForm(
  server: Pick<TestServer, 'request'>,
  path: string,
  form: Form,
  headers: Record<string, string> = {},
): Promise<TestReply> {
  return server.request('POST', path, encodeForm(form), {
    'Content-Type': 'application/x-www-form-urlencoded',
    ...headers,
  });
}

export function encodeForm(form: Form): string {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    [value].flat().map((item): [string, string] => [name, item]),
  );
  return new URLSearchParams(pairs).toString();
}

/** The headers of a form that the provider has signed for the URL. */
export function signForm(token: string, url: string, form: Form): Record<string, string> {
  return { 'X-Twilio-Signature': getExpectedTwilioSignature(token, url, form) };
}

/** The same for a JSON body, with the path that then holds its digest. */
export function signJson(
  token: string,
  origin: string,
  path: string,
  body: string,
): { path: string; headers: Record<string, string> } {
  const digest = createHash('sha256').update(body).digest('hex');
  const signedPath = `${path}${path.includes('?') ? '&' : '?'}bodySHA256=${digest}`;
  return { path: signedPath, headers: signForm(token, origin + signedPath, {}) };
}

/** What happened in the account so far, oldest first, by type and the id of its resource. */
export async function listEvents(
  server: TestServer,
  conversationId?: string,
): Promise<{ type: string; data: Record<string, unknown> }[]> {
  let query = server.context.db.reader.selectFrom('events').select(['type', 'body_json']).orderBy('position');
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId);
  const rows = await query.execute();
  return rows.map(({ type, body_json }) => ({
    type,
    data: (JSON.parse(body_json) as { data: Record<string, unknown> }).data,
  }));
}
