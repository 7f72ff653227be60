import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  basicAuthorization,
  startTestServer,
  type TestServer,
  testAccount,
} from '../../src/testing/index.ts';
import { parseRaw, sendRaw } from '../support/raw-http.ts';

const stores = '/v1/ControlPlane/Stores';
const authorization = `Authorization: ${basicAuthorization(testAccount.sid, testAccount.authToken)}`;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('a path', () => {
  it.each([
    '/',
    '/v1',
    '/v1/ControlPlane',
    '/v1/controlplane/stores',
    '/v2/Nothing',
    '/rapport/v1/nothing',
    '//v1',
  ])('that is %s leads nowhere: 404 and code 20404', async (path) => {
    const reply = await server.request('GET', path);
    expect(reply).toMatchObject({ status: 404, body: { code: 20404 } });
  });

  it.each([
    '/%ZZ',
    '/v1/Stores/%E0%A4%A',
    '/v2/Conversations/%',
  ])('that is %s is no path: 400', async (path) => {
    expect((await server.request('GET', path)).status).toBe(400);
  });

  it.each([
    `${stores}/%00`,
    '/v2/Conversations/a%00b',
    `${stores}?pageToken=%00`,
  ])('that is %s holds NUL: 400', async (path) => {
    const reply = await server.request('GET', path);
    expect(reply).toMatchObject({ status: 400, body: { message: 'The URL holds the character U+0000.' } });
  });

  it('may say NUL in two steps of encoding, which is a text like any other', async () => {
    expect(await server.request('GET', '/v2/Conversations/a%2500b')).toMatchObject({ status: 404 });
  });

  it('is refused with 400 when a part is longer than 512 characters', async () => {
    expect((await server.request('GET', `/v2/Conversations/${'x'.repeat(513)}`)).status).toBe(400);
    expect((await server.request('GET', `/v2/Conversations/${'x'.repeat(512)}`)).status).toBe(404);
  });

  it('ignores parameters that nobody declared', async () => {
    expect((await server.request('GET', `${stores}?unheardOf=1&__proto__=2&constructor=3`)).status).toBe(200);
  });
});

describe('a method', () => {
  it.each([
    ['PUT', stores, 'GET, POST'],
    ['DELETE', stores, 'GET, POST'],
    ['OPTIONS', stores, 'GET, POST'],
    ['PATCH', '/v2/Conversations', 'GET, POST'],
    ['GET', '/rapport/v1/clock/advance', 'POST'],
    ['POST', '/healthz', 'GET'],
    ['GET', '/v1/Stores/any/Profiles/Lookup', 'POST'],
    ['OPTIONS', '/v1/Stores/any/Profiles/Lookup', 'POST'],
    ['PATCH', '/v1/Stores/any/Profiles/Imports', 'GET, POST'],
  ])('%s is not possible at %s: 405 with Allow', async (method, path, allowed) => {
    const reply = await server.request(method, path);
    expect(reply).toMatchObject({ status: 405, body: { code: 20004 } });
    expect(reply.headers.get('allow')).toBe(allowed);
  });

  it('is refused with 400 when HTTP does not know it', async () => {
    const reply = parseRaw(await sendRaw(server.url, 'FETCH / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
    expect(reply).toMatchObject({ status: 400, body: { code: 400, status: 400 } });
  });

  it('HEAD answers as GET does, without the body', async () => {
    const full = await server.request('GET', stores, undefined, { 'Accept-Encoding': 'identity' });
    const head = await server.request('HEAD', stores, undefined, { 'Accept-Encoding': 'identity' });
    expect(head).toMatchObject({ status: 200, body: undefined });
    for (const name of ['content-type', 'content-length']) {
      expect(head.headers.get(name)).toBe(full.headers.get(name));
    }
  });

  it('HEAD of what does not exist is a 404 without a body', async () => {
    expect(await server.request('HEAD', '/v2/Conversations/unknown')).toMatchObject({
      status: 404,
      body: undefined,
    });
  });
});

describe('what is not an HTTP request', () => {
  it.each([
    ['noise', 'noise\r\n\r\n', 400],
    ['a header without a name', 'GET / HTTP/1.1\r\n: value\r\n\r\n', 400],
    ['a body with two lengths', 'POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na', 400],
    ['a header of 20 kB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('is answered in our own way: %s', async (_what, text, status) => {
    const reply = parseRaw(await sendRaw(server.url, text));
    expect(reply).toMatchObject({
      status,
      body: { code: status, status, instance: expect.stringMatching(/^RQ/) },
    });
    expect(reply.headers.get('twilio-request-id')).toMatch(/^RQ[0-9a-f]{32}$/);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('does no harm to the requests after it', async () => {
    const good = `GET ${stores} HTTP/1.1\r\nHost: a\r\n${authorization}\r\nConnection: close\r\n\r\n`;
    expect(parseRaw(await sendRaw(server.url, good)).status).toBe(200);
  });
});
