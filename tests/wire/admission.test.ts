import { describe, expect, it, onTestFinished } from 'vitest';
import {
  basicAuthorization,
  startTestServer,
  type TestServer,
  testAccount,
} from '../../src/testing/index.ts';
import { openRaw, parseRaw } from '../support/raw-http.ts';
import {
  createOtherAccountAuthorization,
  createRootAccountAuthorization,
} from '../support/second-account.ts';
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

  it.each([
    ['of another account', createOtherAccountAuthorization],
    ['of the same account', createRootAccountAuthorization],
  ])('are counted for each credential by itself, also when it is one %s', async (_which, createAuthorization) => {
    const server = await start({ RAPPORT_RATE_LIMIT: '1' });
    const authorization = await createAuthorization(server);
    expect(refusalsAmong(await ask(server, 5, 'GET', storesPath))).toBeGreaterThan(0);
    const other = await server.request('GET', storesPath, undefined, { Authorization: authorization });
    expect(other.status).toBe(200);
  });

  it('are counted apart when they recall', async () => {
    const server = await start({ RAPPORT_RECALL_RATE_LIMIT: '1' });
    expect(refusalsAmong(await ask(server, 5, 'POST', recallPath))).toBeGreaterThanOrEqual(3);
    expect(refusalsAmong(await ask(server, 5, 'GET', storesPath))).toBe(0);
  });

  it('leave Recall alone, which has a limit of its own', async () => {
    const server = await start({ RAPPORT_RATE_LIMIT: '1' });
    expect(refusalsAmong(await ask(server, 5, 'POST', recallPath))).toBe(0);
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
    const refusal = await server.request('GET', storesPath);
    expect(refusal.headers.get('Retry-After')).toBe('1');
    expect(refusal.body).toMatchObject({ code: 20429, message: expect.stringContaining('under way') });
    const other = await server.request('GET', storesPath, undefined, { Authorization: authorization });
    expect(other.status).toBe(200);
    slow.write('{"displayName": "slow"}');
    expect(parseRaw(await slow.ended).status).toBe(202);
    expect((await server.request('GET', storesPath)).status).toBe(200);
  });

  it('are 256 of an account when no setting says otherwise', async () => {
    const server = await start({});
    const slow = Array.from({ length: 256 }, () => openRaw(server.url));
    onTestFinished(() => {
      for (const connection of slow) connection.end();
    });
    for (const connection of slow.slice(1)) connection.write(head);
    expect((await server.request('GET', storesPath)).status).toBe(200);
    slow[0]?.write(head);
    await until(async () => (await server.request('GET', storesPath)).status === 429);
  });

  const startOfHead = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ';

  it.each([
    ['their header stops', startOfHead, ''],
    ['their header comes byte by byte', startOfHead, 'x'],
    ['their body stops', head, ''],
    ['their body comes byte by byte', head.replace('23', '100000'), 'x'],
  ])('are given up when they do not arrive in time since %s', async (_why, beginning, more) => {
    const server = await start({ RAPPORT_REQUEST_TIMEOUT_MS: '200', RAPPORT_ACCOUNT_CONCURRENCY: '1' });
    const slow = openRaw(server.url);
    slow.write(beginning);
    const dribble = setInterval(() => slow.write(more), 10);
    const reply = await slow.ended.finally(() => clearInterval(dribble));
    expect(parseRaw(reply)).toMatchObject({
      status: 408,
      body: { code: 408, message: 'The request did not arrive in time.' },
    });
    // Its place is free again.
    await until(async () => (await server.request('GET', storesPath)).status === 200);
  });
});
