import { describe, expect, it } from 'vitest';
import { createCallbackRequest } from './callback-request.ts';
import { parseTargetUrl } from './target-url.ts';

const event = {
  body: '{"eventType":"COMMUNICATION_CREATED","timestamp":"2026-01-01T00:00:00.000Z","data":{"text":"a & b ü"}}',
  idempotencyToken: 'token-1',
  requestId: 'RQ1',
};
const hash = 'f973310a39c5300f5cfcc8923696193e205a64a6af9449b2511790e31ed0b5fc';
const signing = { token: '0123456789abcdef', userAgent: 'Rapport/1' };

function requestFor(url: string, method = 'POST') {
  const target = parseTargetUrl(url);
  if (!target) throw new Error(`${url} is not a URL`);
  return createCallbackRequest(target, method, event, signing);
}

describe('the request of a callback', () => {
  it('sends the body as it is, with its hash in the query', () => {
    const { method, path, headers, body } = requestFor('https://example.com/hook');
    expect([method, path, body?.toString()]).toEqual(['POST', `/hook?bodySHA256=${hash}`, event.body]);
    expect(headers).toEqual({
      Host: 'example.com',
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(event.body)),
      'User-Agent': 'Rapport/1',
      'X-Twilio-Signature': expect.stringMatching(/^[A-Za-z0-9+/]{27}=$/),
      'i-twilio-idempotency-token': 'token-1',
      'Twilio-Request-Id': 'RQ1',
    });
  });

  it.each([
    ['https://example.com', `/?bodySHA256=${hash}`],
    ['https://example.com/a?', `/a?bodySHA256=${hash}`],
    ['https://example.com/a?b=%27c', `/a?b=%27c&bodySHA256=${hash}`],
    ['https://example.com/a?b&', `/a?b&bodySHA256=${hash}`],
    ['https://example.com/a#b', `/a?bodySHA256=${hash}`],
    ['https://example.com/%C3%BC/./x', `/%C3%BC/./x?bodySHA256=${hash}`],
  ])('leaves %s as it was written', (url, path) => {
    expect(requestFor(url).path).toBe(path);
  });

  it('says that it came by http where it did', () => {
    expect(requestFor('http://example.com/').headers).toHaveProperty('X-Forwarded-Proto', 'http');
    expect(requestFor('https://example.com/').headers).not.toHaveProperty('X-Forwarded-Proto');
  });

  it('takes credentials from the URL, and signs what the receiver sees of it', () => {
    const withCredentials = requestFor('https://me:s%3Acret@example.com/hook').headers;
    const without = requestFor('https://example.com/hook').headers;
    expect(withCredentials).toEqual({ ...without, Authorization: `Basic ${btoa('me:s:cret')}` });
  });

  it.each(['GET', 'DELETE'])('carries the event in the query of a %s', (method) => {
    const { path, headers, body } = requestFor('https://example.com/hook?a=1', method);
    expect(body).toBeUndefined();
    expect(headers).not.toHaveProperty('Content-Type');
    expect(Object.fromEntries(new URL(path, 'https://example.com').searchParams)).toEqual({
      a: '1',
      eventType: 'COMMUNICATION_CREATED',
      timestamp: '2026-01-01T00:00:00.000Z',
      data: '{"text":"a & b ü"}',
    });
  });

  it.each(['PUT', 'PATCH'])('carries the event in the body of a %s', (method) => {
    expect(requestFor('https://example.com/hook', method)).toMatchObject({
      method,
      path: `/hook?bodySHA256=${hash}`,
      body: Buffer.from(event.body),
    });
  });
});
