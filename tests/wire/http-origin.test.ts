import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  basicAuthorization,
  startTestServer,
  type TestServer,
  testAccount,
} from '../../src/testing/index.ts';
import { parseRaw, sendRaw } from '../support/raw-http.ts';

const stores = '/v1/ControlPlane/Stores';

describe('absolute URLs in answers', () => {
  let server: TestServer;
  let count = 0;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  async function originFor(headers: Record<string, string>): Promise<string> {
    count += 1;
    const body = JSON.stringify({ displayName: `store-${count}` });
    const all = {
      Authorization: basicAuthorization(testAccount.sid, testAccount.authToken),
      'Content-Type': 'application/json',
      'Content-Length': String(body.length),
      Connection: 'close',
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    const reply = parseRaw(
      await sendRaw(server.url, `POST ${stores} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`),
    );
    expect(reply.status).toBe(202);
    const { statusUrl } = reply.body as { statusUrl: string };
    expect(reply.headers.get('location')).toBe(statusUrl);
    return new URL(statusUrl).origin;
  }

  it.each<[string, Record<string, string>, string]>([
    ['the host of the request', { Host: 'memory.example.com' }, 'http://memory.example.com'],
    ['its port', { Host: 'memory.example.com:8080' }, 'http://memory.example.com:8080'],
    ['an IPv6 address', { Host: '[::1]:8787' }, 'http://[::1]:8787'],
    [
      'what a proxy says',
      { Host: 'a', 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'b.example.com' },
      'https://b.example.com',
    ],
    ['the first of several proxies', { Host: 'a', 'X-Forwarded-Proto': 'https, http' }, 'https://a'],
    ['http, whatever else the proxy says', { Host: 'a', 'X-Forwarded-Proto': 'javascript' }, 'http://a'],
    ['localhost, when the host is not one', { Host: 'a"><script>' }, 'http://localhost'],
  ])('begin with %s', async (_what, headers, origin) => {
    expect(await originFor(headers)).toBe(origin);
  });
});

describe('absolute URLs in answers, with RAPPORT_PUBLIC_URL', () => {
  it('begin with it, whatever the request says', async () => {
    const server = await startTestServer({ env: { RAPPORT_PUBLIC_URL: 'https://rapport.example.com/' } });
    const reply = await server.request(
      'POST',
      stores,
      { displayName: 'public' },
      { 'X-Forwarded-Host': 'evil.example.com' },
    );
    await server.stop();
    expect((reply.body as { statusUrl: string }).statusUrl).toMatch(
      /^https:\/\/rapport\.example\.com\/v1\/ControlPlane\/Operations\/mem_operation_/,
    );
  });
});
