import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  type CallbackReceiver,
  isGenuine,
  startCallbackReceiver,
} from '../../tests/support/callback-receiver.ts';
import type { NetworkSender, OutgoingMessage } from './sender.ts';
import { createWebhookSender } from './webhook-sender.ts';

const token = '0123456789abcdef';
const signingTokens = { find: async () => token, ensure: async () => token };

const message: OutgoingMessage = {
  accountId: 'AC1',
  conversationId: 'conv_conversation_1',
  actionId: 'conv_action_1',
  channel: 'WHATSAPP',
  from: 'whatsapp:+12025550100',
  to: ['whatsapp:+12025550123'],
  content: { text: 'Your parcel is on its way' },
  channelSettings: { messagingServiceSid: 'MG1' },
  createdAt: Date.UTC(2026, 0, 1),
};

let receiver: CallbackReceiver;
let sender: NetworkSender;
beforeEach(async () => {
  receiver = await startCallbackReceiver();
  sender = createWebhookSender({ signingTokens }, { url: receiver.url('/send?team=a'), timeoutMs: 200 });
});
afterEach(async () => {
  sender.close?.();
  await receiver.stop();
});

function send(signal = new AbortController().signal) {
  return sender.send(message, { idempotencyToken: 'conv_action_1-0', requestId: 'RQ1', signal });
}

const answering = (body: string) => () => (response: Parameters<Exclude<Answer, number>>[0]) =>
  void response.writeHead(200).end(body);

describe('a message for the webhook', () => {
  it('is posted as JSON with its token, signed as callbacks are', async () => {
    await send();
    const [posted] = receiver.received;
    expect(posted?.method).toBe('POST');
    expect(posted?.url).toContain('/send?team=a&bodySHA256=');
    expect(posted?.token).toBe('conv_action_1-0');
    expect(posted?.headers['twilio-request-id']).toBe('RQ1');
    expect(posted && isGenuine(posted, token)).toBe(true);
    expect(posted && isGenuine(posted, 'another token')).toBe(false);
    expect(JSON.parse(posted?.body ?? '')).toEqual({
      id: 'conv_action_1-0',
      ...message,
      createdAt: '2026-01-01T00:00:00.000Z',
    });
  });

  it('has the SID that the receiver gives it', async () => {
    receiver.answer(answering('{"messageSid":"SM1","other":1}'));
    expect(await send()).toEqual({ messageSid: 'SM1', status: 'queued' });
  });

  it.each([
    '',
    'ok',
    'null',
    '{}',
    '{"messageSid":1}',
    '{"messageSid":""}',
    `{"messageSid":"${'x'.repeat(513)}"}`,
    '{"messageSid":"\\u0000"}',
    `{"messageSid":"SM1","padding":"${'x'.repeat(20_000)}"}`,
  ])('is known by its own id when the receiver gives it none that can be used', async (body) => {
    receiver.answer(answering(body));
    expect(await send()).toEqual({ messageSid: 'conv_action_1-0', status: 'queued' });
  });

  it.each<[Answer, string, string]>([
    [301, 'refused', 'HTTP 301'],
    [400, 'refused', 'HTTP 400'],
    [401, 'refused', 'HTTP 401'],
    [404, 'refused', 'HTTP 404'],
    [429, 'deferred', 'HTTP 429'],
    [503, 'deferred', 'HTTP 503'],
    [500, 'unknown', 'HTTP 500'],
    [504, 'unknown', 'HTTP 504'],
    [
      (response) => void response.destroy(),
      'unknown',
      'the sender gave no answer that can be read (ECONNRESET)',
    ],
    [() => undefined, 'unknown', 'the sender gave no answer that can be read (no answer in 200 ms)'],
  ])('that is answered %s fails: %s', async (answer, outcome, reason) => {
    receiver.answer(() => answer);
    await expect(send()).rejects.toMatchObject({ outcome, message: reason });
  });

  it('has not been sent when nobody listens', async () => {
    await receiver.stop();
    await expect(send()).rejects.toMatchObject({
      outcome: 'deferred',
      message: 'the sender could not be reached (ECONNREFUSED)',
    });
  });

  it('may have been sent when the server stops before the answer', async () => {
    receiver.answer(() => () => undefined);
    const stopping = new AbortController();
    const sending = send(stopping.signal);
    await receiver.until(1);
    stopping.abort(new Error('stopping'));
    await expect(sending).rejects.toMatchObject({ outcome: 'unknown' });
  });
});
