import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, testAccount } from '../../src/testing/index.ts';
import { captureLog } from '../support/captured-log.ts';
import { createConfiguration } from '../support/conversations.ts';
import { sendRaw } from '../support/raw-http.ts';
import { createSdkClient, type SdkClient } from '../support/sdk.ts';
import { createOtherAccountKey } from '../support/second-account.ts';
import {
  encodeForm,
  type Form,
  ingest,
  messageForm,
  postForm,
  signForm,
  signJson,
  uniqueSid,
} from '../support/webhooks.ts';

const webhook = `${ingest}/messages`;
const token = testAccount.authToken;
const settings = {
  SMS: { captureRules: [{ from: '*', to: '*' }] },
  CHAT: { captureRules: [{ from: '*', to: '*' }] },
};
const captured = captureLog();

let server: TestServer;
let client: SdkClient;
beforeAll(async () => {
  server = await startTestServer({ log: captured.log });
  client = createSdkClient(server.url);
  await createConfiguration(client, { channelSettings: settings });
});
afterAll(() => server.stop());

const signedForm = (changes: Form = {}): Form => messageForm({ AccountSid: testAccount.sid, ...changes });

/** Posts without credentials. */
function postUnknown(form: Form, headers: Record<string, string>, path = webhook) {
  const request: TestServer['request'] = (method, url, body, all = {}) => {
    const { Authorization: _, ...rest } = all;
    return send(server, method, url, body as string, rest);
  };
  return postForm({ request }, path, form, headers);
}

/** `server.request` adds credentials; this doesn't. */
async function send(
  { url }: TestServer,
  method: string,
  path: string,
  body: string,
  headers: Record<string, string>,
) {
  const response = await fetch(url + path, { method, body, headers });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

async function recordedWith(resourceId: string): Promise<number> {
  const rows = await server.context.db.reader
    .selectFrom('communications')
    .select('id')
    .where('resource_id', '=', resourceId)
    .execute();
  return rows.length;
}

describe('a webhook signed by its account', () => {
  it.each<[string, Form, string]>([
    ['as it comes from a provider', {}, webhook],
    ['with a query', {}, `${webhook}?b=2&a=1%2F3&c=d+e`],
    [
      'with many parameters',
      Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`P${at}`, `v${at}`])),
      webhook,
    ],
    ['with letters of every script', { Body: 'Żółć 漢字 🙂 & = % + \u0301', ProfileName: 'Дана' }, webhook],
    ['with repeated parameters', { Tag: ['b', 'a', 'b'] }, webhook],
    ['with an empty parameter', { FromCity: '' }, webhook],
    ['with names that objects have', { constructor: 'x', ['__proto__']: 'y', hasOwnProperty: 'z' }, webhook],
  ])('is taken, %s', async (_what, changes, path) => {
    const form = signedForm(changes);
    const reply = await postUnknown(form, signForm(token, server.url + path, form), path);
    expect(reply.status).toBe(200);
    expect(await recordedWith(String(form['MessageSid']))).toBe(1);
  });

  it('is taken for an account with a token of its own, and is that account’s alone', async () => {
    const other = await createOtherAccountKey(server);
    const otherClient = createSdkClient(server.url, { sid: other.sid, token: other.secret });
    await createConfiguration(otherClient, { channelSettings: settings });
    const otherToken = await server.context.signingTokens.ensure(other.accountId);
    const form = signedForm({ AccountSid: other.accountId, From: '+12025550177' });
    const reply = await postUnknown(form, signForm(otherToken, server.url + webhook, form));
    expect(reply.status).toBe(200);
    expect(await otherClient.conversations.v2.conversations.list()).toHaveLength(1);
    const own = await client.conversations.v2.conversations.list({ pageSize: 1000 });
    expect(JSON.stringify(own)).not.toContain('+12025550177');
  });

  it('is taken as JSON with the digest of its body in the URL', async () => {
    const body = JSON.stringify({
      accountSid: testAccount.sid,
      channelId: uniqueSid('CH'),
      messageId: uniqueSid('IM'),
      text: 'Żółć 🙂',
      author: { identity: 'dana' },
    });
    const { path, headers } = signJson(token, server.url, `${ingest}/chat`, body);
    const json = { 'Content-Type': 'application/json', ...headers };
    expect((await send(server, 'POST', path, body, json)).status).toBe(200);
    expect((await send(server, 'POST', path, `${body} `, json)).status).toBe(403);
    expect((await send(server, 'POST', `${ingest}/chat`, body, json)).status).toBe(403);
  });
});

describe('a webhook that nobody has signed', () => {
  const sign = (form: Form, url = server.url + webhook, by: string = token) => signForm(by, url, form);

  it.each<[string, (form: Form) => Record<string, string> | [Form, Record<string, string>]]>([
    ['has no signature', () => ({})],
    ['has an empty one', () => ({ 'X-Twilio-Signature': '' })],
    ['has one that is none', () => ({ 'X-Twilio-Signature': 'nonsense' })],
    ['is signed with another token', (form) => sign(form, undefined, 'another-token-0123456789')],
    ['is signed for another path', (form) => sign(form, `${server.url}${ingest}/statuses`)],
    ['is signed for another query', (form) => sign(form, `${server.url}${webhook}?a=1`)],
    ['is signed for another host', (form) => sign(form, `http://example.com${webhook}`)],
    ['is signed for https', (form) => sign(form, (server.url + webhook).replace('http:', 'https:'))],
    ['was changed', (form) => [{ ...form, Body: 'changed' }, sign(form)]],
    ['got another parameter', (form) => [{ ...form, Extra: '1' }, sign(form)]],
    ['names no account', ({ AccountSid: _, ...form }) => [form, sign(form)]],
    ['names an account that does not exist', (form) => forAccount(form, `AC${'9'.repeat(32)}`)],
    ['names several accounts', (form) => forAccounts(form, [testAccount.sid, `AC${'9'.repeat(32)}`])],
  ])('is refused alike when it %s', async (_what, make) => {
    const form = signedForm();
    const made = make(form);
    const [sent, headers] = Array.isArray(made) ? made : [form, made];
    const { status, body } = await postUnknown(sent, headers);
    expect(status).toBe(403);
    const { instance: _, ...rest } = body as Record<string, unknown>;
    expect(rest).toEqual({
      code: 403,
      status: 403,
      type: expect.any(String),
      more_info: expect.any(String),
      title: 'Forbidden',
      message: expect.stringContaining('X-Twilio-Signature'),
      detail: expect.stringContaining('X-Twilio-Signature'),
    });
    expect(await recordedWith(String(form['MessageSid']))).toBe(0);
  });

  function forAccount(form: Form, AccountSid: string): [Form, Record<string, string>] {
    const changed = { ...form, AccountSid };
    return [changed, sign(changed)];
  }

  function forAccounts(form: Form, AccountSid: readonly string[]): [Form, Record<string, string>] {
    const changed = { ...form, AccountSid };
    return [changed, sign(changed)];
  }

  it('is refused before it is looked at', async () => {
    expect((await postUnknown({ AccountSid: testAccount.sid }, {})).status).toBe(403);
    expect((await postUnknown({}, {})).status).toBe(403);
  });
});

describe('the URL that is signed', () => {
  /** Posts with headers that fetch would not send. */
  async function post(headers: Record<string, string>, form: Form): Promise<number> {
    const body = encodeForm(form);
    const all = {
      Host: new URL(server.url).host,
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': String(Buffer.byteLength(body)),
      Connection: 'close',
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    const text = `POST ${webhook} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
    return Number((await sendRaw(server.url, text)).split(' ')[1]);
  }

  it.each<[string, string, Record<string, string>]>([
    ['the host of the request', 'http://hooks.example.com', { Host: 'hooks.example.com' }],
    [
      'https behind a proxy',
      'https://hooks.example.com',
      { Host: 'hooks.example.com', 'X-Forwarded-Proto': 'https' },
    ],
    [
      'the first of several proxies',
      'https://hooks.example.com',
      { Host: 'hooks.example.com', 'X-Forwarded-Proto': 'https, http' },
    ],
    [
      'the host that a proxy names',
      'https://hooks.example.com',
      { 'X-Forwarded-Host': 'hooks.example.com', 'X-Forwarded-Proto': 'https' },
    ],
    [
      'with a port',
      'https://hooks.example.com:8443',
      { Host: 'hooks.example.com:8443', 'X-Forwarded-Proto': 'https' },
    ],
    [
      'with the port of https, which the signer may leave out',
      'https://hooks.example.com',
      { Host: 'hooks.example.com:443', 'X-Forwarded-Proto': 'https' },
    ],
  ])('is %s', async (_what, origin, headers) => {
    const form = signedForm();
    expect(await post({ ...headers, ...signForm(token, origin + webhook, form) }, form)).toBe(200);
    const elsewhere = signForm(token, `https://other.example.com${webhook}`, form);
    expect(await post({ ...headers, ...elsewhere }, form)).toBe(403);
  });

  it('is below the public URL where there is one, whatever the request says', async () => {
    const origin = 'https://rapport.example.com';
    const published = await startTestServer({ env: { RAPPORT_PUBLIC_URL: `${origin}/` } });
    const form = signedForm();
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const headers = { ...type, 'X-Forwarded-Host': 'evil.example.com' };
    const attempt = (signedOrigin: string) =>
      send(published, 'POST', `${webhook}?a=1`, encodeForm(form), {
        ...headers,
        ...signForm(token, `${signedOrigin}${webhook}?a=1`, form),
      });
    const statuses = [await attempt(origin), await attempt('http://evil.example.com')].map(
      ({ status }) => status,
    );
    await published.stop();
    expect(statuses).toEqual([200, 403]);
  });
});

describe('a webhook with credentials', () => {
  it('needs no signature and no AccountSid', async () => {
    expect((await postForm(server, webhook, messageForm())).status).toBe(200);
    expect((await postForm(server, webhook, signedForm(), { 'X-Twilio-Signature': 'nonsense' })).status).toBe(
      200,
    );
  });

  it('is refused with 401 when they are wrong, also where it is signed', async () => {
    const form = signedForm();
    const headers = { Authorization: `Basic ${btoa(`${testAccount.sid}:wrong`)}` };
    const signed = { ...headers, ...signForm(token, server.url + webhook, form) };
    for (const attempt of [headers, signed]) {
      const reply = await postForm(server, webhook, form, attempt);
      expect(reply.status).toBe(401);
      expect(reply.headers.get('www-authenticate')).toContain('Basic');
    }
  });

  it('is refused with 403 when it names another account', async () => {
    const form = signedForm({ AccountSid: `AC${'9'.repeat(32)}` });
    expect((await postForm(server, webhook, form)).status).toBe(403);
    const reply = await server.request('POST', `${ingest}/chat`, {
      accountSid: `AC${'9'.repeat(32)}`,
      channelId: 'CH1',
      messageId: 'IM1',
      text: 'hello',
      author: { identity: 'dana' },
    });
    expect(reply.status).toBe(403);
  });
});

describe('the log', () => {
  it('holds nothing of what webhooks post', () => {
    expect(captured.text()).toContain('IngestMessage');
    for (const secret of ['Żółć', 'hello', 'Дана', '+12025550123', token])
      expect(captured.text()).not.toContain(secret);
  });
});
