import { describe, expect, it } from 'vitest';
import { createLogger } from '../../runtime/log.ts';
import { type NetworkSender, SendFailure, type SentMessage } from '../../senders/index.ts';
import type { Action, ActionMessage } from './action.store.ts';
import {
  attemptSend,
  attemptsMax,
  retryDelaysMs,
  searchMaxMs,
  searchPatienceMs,
  searchSent,
  toOutgoing,
} from './send-attempt.ts';

const { signal } = new AbortController();
const log = createLogger('silent');
const party = (address: string) => ({ address, channel: 'SMS', participantId: address }) as const;

const action: Action = {
  id: 'conv_action_1',
  accountId: 'AC1',
  conversationId: 'conv_conversation_1',
  type: 'SEND_MESSAGE',
  payload: {
    from: party('+12025550100'),
    to: [party('+12025550123'), party('+1 (202) 555-0124')],
    channel: 'SMS',
    content: { text: 'hello' },
    channelSettings: {},
    requestId: 'RQ1',
  },
  status: 'PENDING',
  messageSid: undefined,
  communicationId: undefined,
  failureReason: undefined,
  createdAt: 0,
  updatedAt: 0,
  completedAt: undefined,
};

function message(changes: Partial<ActionMessage> = {}): ActionMessage {
  return {
    index: 0,
    state: 'sending',
    messageSid: undefined,
    error: undefined,
    attempts: 1,
    deliveryStatus: undefined,
    updatedAt: 0,
    ...changes,
  };
}

/** A provider of which each call comes to the same. */
function sender(answer: () => Promise<SentMessage | undefined>, isRepeatable = false): NetworkSender {
  const send = async () => (await answer()) ?? { messageSid: 'SM1', status: 'queued' };
  return { kind: 'network', isRepeatable, send, find: answer };
}

const failing = (outcome: SendFailure['outcome'], isRepeatable = false) =>
  sender(() => Promise.reject(new SendFailure(outcome, 'no luck')), isRepeatable);

describe('an attempt', () => {
  const attempt = (by: NetworkSender, attempts = 1) =>
    attemptSend(by, { action, message: message({ attempts }) }, { signal, log });

  it('that succeeds has sent the message', async () => {
    const sent = { messageSid: 'SM7', status: 'sent' };
    expect(await attempt(sender(async () => sent))).toEqual({ state: 'sent', sent });
  });

  it('that is refused is the last', async () => {
    expect(await attempt(failing('refused'))).toEqual({ state: 'failed', error: 'no luck' });
  });

  it.each([
    ...retryDelaysMs.entries(),
  ])('number %i + 1 that is put off is followed by another after %i ms', async (at, retryAfterMs) => {
    const waiting = { state: 'waiting', error: 'no luck', retryAfterMs };
    expect(await attempt(failing('deferred'), at + 1)).toEqual(waiting);
    expect(await attempt(failing('unknown', true), at + 1)).toEqual({ ...waiting, state: 'sending' });
  });

  it('is the last when there were enough of them', async () => {
    expect(await attempt(failing('deferred'), attemptsMax)).toEqual({ state: 'failed', error: 'no luck' });
    expect(await attempt(failing('unknown', true), attemptsMax)).toEqual({
      state: 'failed',
      error: 'no luck; it may have been sent',
    });
  });

  it.each([
    1,
    attemptsMax,
  ])('number %i whose end is unknown is not repeated by a sender that may not', async (attempts) => {
    expect(await attempt(failing('unknown'), attempts)).toEqual({
      state: 'sending',
      error: 'no luck',
      retryAfterMs: searchPatienceMs,
    });
  });

  it('that fails in a way nobody thought of counts as unknown', async () => {
    const broken = sender(() => Promise.reject(new TypeError('hello is not a function')));
    expect(await attempt(broken)).toMatchObject({ state: 'sending', error: 'the sender failed' });
  });
});

describe('a message that is searched for', () => {
  const search = (by: NetworkSender, nowMs: number, error?: string) =>
    searchSent(
      by,
      { action, message: message({ error }) },
      { nowMs, isTaken: async () => new Set(), signal },
    );
  const shows = sender(async () => ({ messageSid: 'SM7', status: 'sent' }));
  const showsNothing = sender(async () => undefined);
  const error = 'the server stopped while it was being sent';

  it('was sent when the provider shows it, however late', async () => {
    for (const nowMs of [0, searchPatienceMs, 2 * searchMaxMs])
      expect(await search(shows, nowMs)).toMatchObject({ state: 'sent', sent: { messageSid: 'SM7' } });
  });

  it('is given some time to show', async () => {
    const wait = { state: 'sending', error, retryAfterMs: searchPatienceMs };
    expect(await search(showsNothing, searchPatienceMs - 1)).toEqual(wait);
    expect(await search(showsNothing, searchPatienceMs)).toEqual({
      state: 'failed',
      error: `${error}; it may have been sent`,
    });
  });

  it('waits for a provider that cannot be asked, but not for ever', async () => {
    expect(await search(failing('deferred'), searchMaxMs - 1)).toMatchObject({ state: 'sending' });
    expect(await search(failing('refused'), searchMaxMs)).toMatchObject({ state: 'failed' });
  });

  it('keeps the reason of its attempt', async () => {
    expect(await search(showsNothing, searchPatienceMs, '20500: failed')).toEqual({
      state: 'failed',
      error: '20500: failed; it may have been sent',
    });
  });
});

describe('what a sender sees', () => {
  it('is the recipient of the one message', () => {
    expect(toOutgoing(action, message({ index: 1 })).to).toEqual(['+12025550124']);
  });

  it('is everybody in a chat', () => {
    const chat = { ...action, payload: { ...action.payload, channel: 'CHAT' as const } };
    expect(toOutgoing(chat, message()).to).toHaveLength(2);
  });
});
