import { describe, expect, it, onTestFinished } from 'vitest';
import {
  basicAuthorization,
  startTestServer,
  type TestServer,
  testAccount,
} from '../../src/testing/index.ts';
import { openRaw, parseRaw } from '../support/raw-http.ts';
import { createOtherAccountAuthorization } from '../support/second-account.ts';
import { until } from '../support/until.ts';

const storesPath = '/v1/ControlPlane/Stores';
const nobody = 'mem_profile_00000000000000000000000000';
const recallPath = `/v1/Stores/mem_store_00000000000000000000000000/Profiles/${nobody}/Recall`;

async function start(env: Record<string, string>): Promise<TestServer> {
  const server = await startTestServer({ env });
  onTestFinished(() => server.stop());
  return server;
}

/** The answers to requests that are sent at once. */
async function ask(server: TestServer, count: number, method: string, path: string) {
  return Promise.all(Array.from({ length: count }, () => server.request(method, path)));
}

const refusalsAmong = (replies: readonly { status: number }[]) =>
  replies.filter(({ status }) => status === 429).length;

describe('requests that come too fast', () => {
  it('are refused with the seconds after which to come again', async () => {
    const server = await start({ RAPPORT_RATE_LIMIT: '2' });
    const replies = await ask(server, 12, 'GET', storesPath);
    // Two windows of a second at most.
    expect(refusalsAmong(replies)).toBeGreaterThanOrEqual(8);
    expect(replies.length - refusalsAmong(replies)).toBeGreaterThanOrEqual(2);
    const refusal = replies.find(({ status }) => status === 429);
    expect(refusal?.headers.get('Retry-After')).toBe('1');
    expect(refusal?.body).toMatchObject({ code: 20429, message: expect.stringContaining('2 such requests') });
  });

  it('are counted for each credential by itself', async () => {
    const server = await start({ RAPPORT_RATE_LIMIT: '1' });
    const authorization = await createOtherAccountAuthorization(server);
    expect(refusalsAmong(await ask(server, 5, 'GET', storesPath))).toBeGreaterThan(0);
    const other = await server.request('GET', storesPath, undefined, { Authorization: authorization });
    expect(other.status).toBe(200);
  });

  it('are counted apart when they recall', async () => {
    const server = await start({ RAPPORT_RECALL_RATE_LIMIT: '1' });
    expect(refusalsAmong(await ask(server, 5, 'POST', recallPath))).toBeGreaterThanOrEqual(3);
    expect(refusalsAmong(await ask(server, 5, 'GET', storesPath))).toBe(0);
  });

  it('are not limited unless a setting says so', async () => {
    const server = await start({});
    expect(refusalsAmong(await ask(server, 100, 'GET', storesPath))).toBe(0);
  });
});

describe('requests under way', () => {
  const head = [
    `POST ${storesPath} HTTP/1.1`,
    'Host: localhost',
    `Authorization: ${basicAuthorization(testAccount.sid, testAccount.authToken)}`,
    'Content-Type: application/json',
    'Content-Length: 23',
    'Connection: close',
    '\r\n',
  ].join('\r\n');

  it('are as many as an account may have, and others wait for none of them', async () => {
    const server = await start({ RAPPORT_ACCOUNT_CONCURRENCY: '1' });
    const authorization = await createOtherAccountAuthorization(server);
    const slow = openRaw(server.url);
    slow.write(head);
    await until(async () => (await server.request('GET', storesPath)).status === 429);
    const other = await server.request('GET', storesPath, undefined, { Authorization: authorization });
    expect(other.status).toBe(200);
    slow.write('{"displayName": "slow"}');
    expect(parseRaw(await slow.ended).status).toBe(202);
    expect((await server.request('GET', storesPath)).status).toBe(200);
  });

  it('are given up when they do not arrive in time', async () => {
    const server = await start({ RAPPORT_REQUEST_TIMEOUT_MS: '200' });
    const silent = openRaw(server.url);
    silent.write('GET /healthz HTTP/1.1\r\n');
    const slow = openRaw(server.url);
    slow.write(head);
    const replies = [await silent.ended, await slow.ended].map(parseRaw);
    expect(replies.map(({ status }) => status)).toEqual([408, 408]);
  });
});
