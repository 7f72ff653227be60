import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';

const stores = '/v1/ControlPlane/Stores';
const conversations = '/v2/Conversations';
const apis = [
  { api: 'Memory', path: stores, invalid: { status: 400, code: 520046 } },
  { api: 'Conversations', path: conversations, invalid: { status: 400, code: 20001 } },
];

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe.each(apis)('a body sent to the $api API', ({ path, invalid }) => {
  it.each([
    ['malformed JSON', '{"displayName":'],
    ['JSON with something after it', '{} {}'],
    ['a name that reaches for the prototype', '{"displayName":"a","__proto__":{"isRoot":true}}'],
    ['a constructor with a prototype', '{"displayName":"a","constructor":{"prototype":{"isRoot":true}}}'],
    ['a NUL character in a text', '{"displayName":"a\\u0000"}'],
    ['a NUL character in a name', '{"display\\u0000Name":"a"}'],
    ['a NUL character below 100,000 brackets', `{"a":${'['.repeat(100_000)}"\\u0000"${']'.repeat(100_000)}}`],
    ['a number beyond all others', '{"displayName":"a","nobodyReadsThis":[1e400]}'],
    ['one that is below them', '{"displayName":"a","nobodyReadsThis":{"n":-1E+400}}'],
    ['one that is written out', `{"displayName":"a","nobodyReadsThis":1${'0'.repeat(309)}}`],
    ['one with a small exponent', `{"displayName":"a","nobodyReadsThis":1${'0'.repeat(300)}e9}`],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"displayName"'],
    ['nothing, with a JSON content type', ''],
    ['white space', ' \r\n\t'],
  ])('is refused with 400 when it is %s', async (_what, body) => {
    const reply = await server.request('POST', path, body);
    expect(reply).toMatchObject({ status: invalid.status, body: invalid });
  });

  it('may hold the largest numbers that there are, and texts that look like larger ones', async () => {
    const reply = await server.request('POST', path, '{"a":[1.7976931348623157e308,-1e308,1e-400,"1e400"]}');
    // It is refused for what it lacks.
    expect((reply.body as { message: string }).message).toContain('must not be null');
  });

  it('is refused with 400 when there is none', async () => {
    expect(await server.request('POST', path)).toMatchObject({ status: 400, body: invalid });
  });

  it('is refused with 413 when it is larger than the limit', async () => {
    const reply = await server.request('POST', path, { displayName: 'x'.repeat(1_100_000) });
    expect(reply.status).toBe(413);
    expect(reply.body).toMatchObject({ message: 'The body is larger than 1048576 bytes.' });
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ])('is refused with 413 when %s makes it larger than the limit', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(64 * 1024 * 1024, ' '));
    expect(bomb.length).toBeLessThan(100_000);
    const reply = await server.request('POST', path, new Uint8Array(bomb), { 'Content-Encoding': encoding });
    expect(reply.status).toBe(413);
  });
});

describe('a body of another type', () => {
  const otherTypes = [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'json',
    '',
  ];

  it.each(otherTypes)('is refused with 400 by the Memory API when it is %j', async (type) => {
    const reply = await server.request('POST', stores, '{"displayName":"typed"}', { 'Content-Type': type });
    expect(reply).toMatchObject({ status: 400, body: { code: 520046 } });
  });

  it.each(
    otherTypes,
  )('is refused with 415 and code 20422 by the Conversations API when it is %j', async (type) => {
    const reply = await server.request('POST', conversations, '{}', { 'Content-Type': type });
    expect(reply).toMatchObject({ status: 415, body: { code: 20422 } });
  });

  it.each([
    'application/json; charset=utf-8',
    'Application/JSON',
    'application/merge-patch+json',
  ])('is accepted when it is JSON by the name of %s', async (type) => {
    const displayName = `typed-${type.replaceAll(/[^a-z]/gi, '-')}`;
    const reply = await server.request('POST', stores, { displayName }, { 'Content-Type': type });
    expect(reply.status).toBe(202);
  });

  it('does not matter on a request without a body', async () => {
    const reply = await server.request('GET', stores, undefined, { 'Content-Type': 'application/json' });
    expect(reply.status).toBe(200);
  });
});

describe('a body that is optional', () => {
  it.each<[string, string | undefined]>([
    ['missing', undefined],
    ['empty', ''],
    ['an empty object', '{}'],
  ])('changes nothing when it is %s', async (what, body) => {
    const displayName = `patched-${what.replaceAll(' ', '-')}`;
    const accepted = await server.request('POST', stores, { displayName });
    const { statusUrl } = accepted.body as { statusUrl: string };
    const operation = await server.request('GET', new URL(statusUrl).pathname);
    const store = `${stores}/${(operation.body as { result: { id: string } }).result.id}`;
    expect((await server.request('PATCH', store, body)).status).toBe(202);
    expect((await server.request('GET', store)).body).toMatchObject({ displayName, version: 1 });
  });
});
