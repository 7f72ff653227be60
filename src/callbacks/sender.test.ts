import { describe, expect, it, onTestFinished } from 'vitest';
import { createCallbackRequest } from './callback-request.ts';
import type { Resolve } from './lookup.ts';
import { createSender } from './sender.ts';
import { parseTargetUrl } from './target-url.ts';

const event = { body: '{}', idempotencyToken: 'token', requestId: 'RQ1' };
const never = new AbortController().signal;

function requestTo(url: string) {
  const target = parseTargetUrl(url);
  if (!target) throw new Error(`${url} is not a URL`);
  return createCallbackRequest(target, 'POST', event, { token: 'secret', userAgent: 'Rapport' });
}

/** A sender that may call public hosts only, whose names mean these addresses. */
function guardedSender(resolve: Resolve) {
  const sender = createSender({ timeoutMs: 1000, arePrivateAllowed: false, resolve });
  onTestFinished(() => sender[Symbol.dispose]());
  return sender;
}

describe('a sender that may call public hosts only', () => {
  it('refuses a name that means a private address, at each connection', async () => {
    const { send } = guardedSender(async () => ['10.0.0.1']);
    expect(await send(requestTo('https://example.com/'), never)).toEqual({
      failure: 'refused: example.com is 10.0.0.1, which is not a public address',
      isRefused: true,
    });
  });

  it('refuses a private address without looking anything up', async () => {
    const { send } = guardedSender(() => Promise.reject(new Error('was asked')));
    for (const url of ['https://127.0.0.1/', 'https://[::1]/', 'http://example.com/']) {
      expect(await send(requestTo(url), never)).toEqual({
        failure: 'refused: not HTTPS on a public host',
        isRefused: true,
      });
    }
  });

  it('refuses a URL that no request can have', async () => {
    const { send } = guardedSender(async () => ['8.8.8.8']);
    expect(await send(requestTo('https://example.com/€'), never)).toEqual({
      failure: 'refused: ERR_UNESCAPED_CHARACTERS',
      isRefused: true,
    });
  });

  it('takes a name that has no address just now for an error that may pass', async () => {
    const { send } = guardedSender(() => Promise.reject(Object.assign(new Error(), { code: 'ESERVFAIL' })));
    expect(await send(requestTo('https://example.com/'), never)).toEqual({
      failure: 'ESERVFAIL',
      isRefused: false,
    });
  });

  it('waits for name servers no longer than for receivers', async () => {
    const sender = createSender({
      timeoutMs: 10,
      arePrivateAllowed: false,
      resolve: () => new Promise(() => undefined),
    });
    onTestFinished(() => sender[Symbol.dispose]());
    expect(await sender.send(requestTo('https://example.com/'), never)).toEqual({
      failure: 'no answer in 10 ms',
      isRefused: false,
    });
  });

  it('throws the reason of its caller when that one cuts it short', async () => {
    const { send } = guardedSender(() => new Promise(() => undefined));
    const controller = new AbortController();
    const sending = send(requestTo('https://example.com/'), controller.signal);
    controller.abort(new Error('the server stops'));
    await expect(sending).rejects.toThrow('the server stops');
  });
});
