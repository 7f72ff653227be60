import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type MessagingProvider,
  type ProviderTurn,
  startMessagingProvider,
} from '../../tests/support/messaging-provider.ts';
import type { NetworkSender, OutgoingMessage } from './sender.ts';
import { createTwilioSender, type TwilioSenderOptions } from './twilio-sender.ts';

const accountSid = `AC${'0'.repeat(31)}7`;
const statusCallback = 'https://rapport.example.com/rapport/v1/ingest/statuses';
const { signal } = new AbortController();
const nobody = async () => new Set<string>();

let provider: MessagingProvider;
beforeEach(async () => {
  provider = await startMessagingProvider();
});
afterEach(() => provider.stop());

function sender(options: Partial<TwilioSenderOptions> = {}): Promise<NetworkSender> {
  return createTwilioSender({
    accountSid,
    username: 'SK1',
    password: 'secret',
    baseUrl: provider.url,
    statusCallback: undefined,
    timeoutMs: 5000,
    ...options,
  });
}

function message(changes: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return {
    accountId: accountSid,
    conversationId: 'conv_conversation_1',
    actionId: 'conv_action_1',
    channel: 'SMS',
    from: '+12025550100',
    to: ['+12025550123'],
    content: { text: 'Your parcel is on its way' },
    channelSettings: {},
    createdAt: 0,
    ...changes,
  };
}

const chat = (changes: Partial<OutgoingMessage> = {}) =>
  message({
    channel: 'CHAT',
    from: 'agent',
    to: ['dana'],
    channelSettings: { channelId: 'CH1' },
    ...changes,
  });

async function send(changes: OutgoingMessage, options?: Partial<TwilioSenderOptions>) {
  return (await sender(options)).send(changes, { idempotencyToken: 'token', requestId: undefined, signal });
}

describe('a text message', () => {
  it('is posted for the account, with its parties and its text', async () => {
    expect(await send(message())).toEqual({ messageSid: provider.messages[0]?.['sid'], status: 'queued' });
    expect(provider.requests).toEqual([
      {
        path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
        authorization: `Basic ${Buffer.from('SK1:secret').toString('base64')}`,
        parameters: { From: '+12025550100', To: '+12025550123', Body: 'Your parcel is on its way' },
      },
    ]);
  });

  it('has its template, the variables of it, and its media', async () => {
    const contentId = `HX${'a'.repeat(32)}`;
    const mediaUrls = ['https://example.com/1.png', 'https://example.com/2.png'];
    await send(message({ content: { contentId, variables: { 1: 'Ada' }, mediaUrls } }));
    expect(provider.requests[0]?.parameters).toEqual({
      From: '+12025550100',
      To: '+12025550123',
      ContentSid: contentId,
      ContentVariables: '{"1":"Ada"}',
      MediaUrl: mediaUrls.join(' '),
    });
  });

  it('takes the settings of the action along, which change neither what is sent nor to whom', async () => {
    const channelSettings = { messagingServiceSid: 'MG1', validityPeriod: 60, to: '+12025550199', body: 'x' };
    await send(message({ channelSettings }));
    expect(provider.requests[0]?.parameters).toEqual({
      MessagingServiceSid: 'MG1',
      ValidityPeriod: '60',
      From: '+12025550100',
      To: '+12025550123',
      Body: 'Your parcel is on its way',
    });
  });

  it('asks for receipts at this server, for the account they come back to, unless the action names another place', async () => {
    await send(message(), { statusCallback });
    const own = 'https://example.com/receipts';
    await send(message({ channelSettings: { statusCallback: own } }), { statusCallback });
    await send(message({ accountId: 'AC1' }), { statusCallback });
    expect(provider.requests.map(({ parameters }) => parameters['StatusCallback'])).toEqual([
      statusCallback,
      own,
      undefined,
    ]);
  });
});

describe('a chat message', () => {
  it.each([
    [{ channelId: 'CH1' }, '/v1/Conversations/CH1/Messages'],
    [{ channelId: 'CH1', chatService: 'IS1' }, '/v1/Services/IS1/Conversations/CH1/Messages'],
  ])('is put into the channel of %j', async (channelSettings, path) => {
    const attributes = { Attributes: '{"a":1}' };
    const sent = await send(chat({ channelSettings: { ...channelSettings, ...attributes } }));
    expect(sent.messageSid).toMatch(/^IM/);
    expect(provider.requests).toMatchObject([
      { path, parameters: { Author: 'agent', Body: 'Your parcel is on its way', ...attributes } },
    ]);
  });

  it('cannot have media by their URLs', async () => {
    const content = { mediaUrls: ['https://example.com/1.png'] };
    await expect(send(chat({ content }))).rejects.toMatchObject({ outcome: 'refused' });
    expect(provider.requests).toEqual([]);
  });
});

describe('an attempt that fails', () => {
  it.each<[ProviderTurn, string, string]>([
    [{ status: 400, code: 21211, message: 'Invalid number' }, 'refused', '21211: Invalid number'],
    [{ status: 401, code: 20003, message: 'Authenticate' }, 'refused', '20003: Authenticate'],
    [{ status: 302 }, 'refused', '302: refused'],
    [{ status: 429, code: 20429 }, 'deferred', '20429: refused'],
    [{ status: 503, code: 20503 }, 'deferred', '20503: refused'],
    [{ status: 500, code: 20500 }, 'unknown', '20500: refused'],
    [{ status: 504 }, 'unknown', '504: refused'],
    ['reset', 'unknown', 'the sender gave no answer that can be read (ECONNRESET)'],
    ['hang', 'unknown', 'the sender gave no answer that can be read (ECONNABORTED)'],
    ['garbage', 'unknown', 'the sender gave no answer that can be read'],
  ])('by %j counts as %s', async (turn, outcome, reason) => {
    provider.turns.push(turn);
    await expect(send(message(), { timeoutMs: 200 })).rejects.toMatchObject({ outcome, message: reason });
    expect(provider.requests).toHaveLength(1);
  });

  it('to connect has sent nothing', async () => {
    await provider.stop();
    await expect(send(message())).rejects.toMatchObject({
      outcome: 'deferred',
      message: 'the sender could not be reached (ECONNREFUSED)',
    });
  });

  it('because the server stops leaves open what became of it', async () => {
    provider.turns.push('hang');
    const stopping = new AbortController();
    const sending = (await sender()).send(message(), {
      idempotencyToken: 'token',
      requestId: undefined,
      signal: stopping.signal,
    });
    await provider.received(1);
    stopping.abort();
    await expect(sending).rejects.toMatchObject({ outcome: 'unknown' });
  });

  it('does not say what the message said', async () => {
    provider.turns.push({ status: 400, code: 21617, message: 'Bad body: Your parcel is on its way' });
    await expect(send(message())).rejects.toMatchObject({ message: '21617' });
  });
});

describe.each([
  ['a text message', message],
  ['a chat message', chat],
])('%s of which nobody knows whether it was sent', (_kind, draft) => {
  const find = async (changes: Partial<OutgoingMessage> = {}, isTaken = nobody, sinceMs = Date.now()) =>
    (await sender()).find?.(draft(changes), { sinceMs, isTaken, signal });

  it('is found among the latest', async () => {
    await send(draft({ content: { text: 'another' } }));
    const { messageSid } = await send(draft());
    expect(await find()).toMatchObject({ messageSid });
  });

  it('is the oldest of those that say the same and are nobody else’s', async () => {
    const sids: string[] = [];
    for (let count = 0; count < 3; count += 1) sids.push((await send(draft())).messageSid);
    expect(await find()).toMatchObject({ messageSid: sids[0] });
    expect(await find({}, async () => new Set(sids.slice(0, 1)))).toMatchObject({ messageSid: sids[1] });
    expect(await find({}, async () => new Set(sids))).toBeUndefined();
  });

  it('is not one from before the attempt, with another text, or from somebody else', async () => {
    await send(draft());
    expect(await find({}, nobody, Date.now() + 60_000)).toBeUndefined();
    expect(await find({ content: { text: 'Your parcel' } })).toBeUndefined();
    expect(await find({ from: '+12025550101' })).toBeUndefined();
  });

  it('cannot be found when a template made its text', async () => {
    await send(draft());
    const content = { text: 'Your parcel is on its way', contentId: `HX${'a'.repeat(32)}` };
    expect(await find({ content })).toBeUndefined();
  });
});

it('finds a message that a messaging service sent from another of its numbers', async () => {
  await send(message({ from: '+12025550101' }));
  const twilio = await sender();
  const channelSettings = { messagingServiceSid: 'MG1' };
  const found = await twilio.find?.(message({ channelSettings }), {
    sinceMs: Date.now(),
    isTaken: nobody,
    signal,
  });
  expect(found).toMatchObject({ messageSid: provider.messages[0]?.['sid'] });
});
