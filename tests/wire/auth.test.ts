import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  basicAuthorization,
  startTestServer,
  type TestServer,
  testAccount,
} from '../../src/testing/index.ts';
import { createKey, rapport } from '../support/cli.ts';

const stores = '/v1/ControlPlane/Stores';
const dataDir = mkdtempSync(join(tmpdir(), 'rapport-auth-'));
const env = {
  RAPPORT_DATA_DIR: dataDir,
  RAPPORT_ACCOUNT_SID: testAccount.sid,
  RAPPORT_AUTH_TOKEN: testAccount.authToken,
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ env });
});
afterAll(async () => {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A request with this `Authorization`. */
function as(authorization: string, method = 'GET', path = stores, body?: unknown) {
  return server.request(method, path, body, { Authorization: authorization });
}

function basic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

describe('the root account', () => {
  const { sid, authToken } = testAccount;

  it('gets in by its SID and auth token', async () => {
    expect((await as(basicAuthorization(sid, authToken))).status).toBe(200);
  });

  it('gets in however the scheme is written', async () => {
    const [, token] = basicAuthorization(sid, authToken).split(' ');
    expect((await as(`bAsIc   ${token}`)).status).toBe(200);
  });

  it.each([
    ['no header', ''],
    ['another scheme', 'Bearer abc'],
    ['no credentials', 'Basic'],
    ['no Base64', 'Basic !!!'],
    ['no colon', basic('nothing')],
    ['an empty name and password', basic(':')],
    ['a wrong password', basicAuthorization(sid, 'wrong')],
    ['an empty password', basicAuthorization(sid, '')],
    ['the password and something more', basicAuthorization(sid, `${authToken}x`)],
    ['the beginning of the password', basicAuthorization(sid, authToken.slice(0, -1))],
    ['another account', basicAuthorization('AC00000000000000000000000000000002', authToken)],
    ['a key that does not exist', basicAuthorization(`SK${'0'.repeat(32)}`, authToken)],
    ['a name from an attack', basicAuthorization("' or 1=1 --", authToken)],
    ['a name with NUL', basicAuthorization('SK\0', authToken)],
    ['credentials of 10,000 characters', basicAuthorization('a'.repeat(5000), 'b'.repeat(2000))],
  ])('does not get in with %s: 401, with WWW-Authenticate', async (_what, authorization) => {
    const reply = await as(authorization);
    expect(reply).toMatchObject({ status: 401, body: { code: 20003 } });
    expect(reply.headers.get('www-authenticate')).toMatch(/^Basic realm="Rapport"/);
  });

  it.each([
    ['GET', '/v2/Conversations'],
    ['GET', '/nowhere'],
    ['PUT', stores],
    ['POST', '/rapport/v1/idle'],
    ['POST', stores],
  ])('is asked for before anything else is said: %s %s', async (method, path) => {
    expect((await as('', method, path, method === 'POST' ? '{' : undefined)).status).toBe(401);
  });
});

describe('an API key', () => {
  it('gets in as its account, and is refused from the moment it is revoked', async () => {
    const key = await createKey(env, '--name', 'worker');
    expect(key.accountSid).toBe(testAccount.sid);
    const authorization = basicAuthorization(key.sid, key.secret);
    expect((await as(authorization, 'POST', stores, { displayName: 'by-key' })).status).toBe(202);
    expect((await as(authorization)).body).toEqual((await server.request('GET', stores)).body);
    expect(await rapport(['keys', 'revoke', key.sid], env)).toMatchObject({ exitCode: 0 });
    expect((await as(authorization)).status).toBe(401);
  });

  it('gets in with its own secret only', async () => {
    const [one, other] = await Promise.all([createKey(env), createKey(env)]);
    expect((await as(basicAuthorization(one.sid, other.secret))).status).toBe(401);
    expect((await as(basicAuthorization(one.sid, one.secret))).status).toBe(200);
    expect((await as(basicAuthorization(one.sid, other.secret))).status).toBe(401);
    expect((await as(basicAuthorization(testAccount.sid, one.secret))).status).toBe(401);
  });

  it.each(['/rapport/v1/clock/advance', '/rapport/v1/idle'])('does not open %s: 403', async (path) => {
    const key = await createKey(env);
    const body = path.endsWith('advance') ? { seconds: 1 } : undefined;
    expect((await as(basicAuthorization(key.sid, key.secret), 'POST', path, body)).status).toBe(403);
    expect((await server.request('POST', path, body)).status).toBe(200);
  });

  it('of another account sees and changes nothing of this one', async () => {
    const key = await createKey(env, '--new-account');
    const stranger = basicAuthorization(key.sid, key.secret);
    const accepted = await server.request('POST', stores, { displayName: 'private' });
    const operation = new URL((accepted.body as { statusUrl: string }).statusUrl).pathname;
    const { result } = (await server.request('GET', operation)).body as { result: { id: string } };
    const store = `${stores}/${result.id}`;
    const profiles = `/v1/Stores/${result.id}/Profiles`;
    expect((await as(stranger)).body).toMatchObject({ stores: [] });
    for (const [method, path, body] of [
      ['GET', operation],
      ['GET', store],
      ['PATCH', store, { description: 'mine' }],
      ['DELETE', store],
      ['GET', profiles],
      ['POST', `${profiles}/Lookup`, { idType: 'email', value: 'a@example.com' }],
      ['POST', profiles, { traits: {} }],
    ] as const) {
      expect((await as(stranger, method, path, body)).status, `${method} ${path}`).toBe(404);
    }
    expect((await server.request('GET', store)).body).toMatchObject({ displayName: 'private', version: 1 });
    // Names are unique within an account, not between accounts.
    expect((await as(stranger, 'POST', stores, { displayName: 'private' })).status).toBe(202);
  });
});
