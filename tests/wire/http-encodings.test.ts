import { get } from 'node:http';
import { brotliCompressSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';

const stores = '/v1/ControlPlane/Stores';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const asIs = (body: Buffer) => body;

describe('a compressed body', () => {
  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZIP', gzipSync],
    ['x-gzip', gzipSync],
    ['identity', asIs],
  ])('is read when its encoding is %s', async (encoding, compress) => {
    const displayName = `encoded-${encoding}`;
    const reply = await post(compress(Buffer.from(JSON.stringify({ displayName }))), encoding);
    expect(reply.status).toBe(202);
    const again = await server.request('POST', stores, { displayName });
    expect(again.status).toBe(409);
  });

  it.each([
    'zstd',
    'compress',
    'gzip, gzip',
    'nonsense',
  ])('is refused with 415 when it is %s', async (encoding) => {
    const reply = await post(Buffer.from('{}'), encoding);
    expect(reply).toMatchObject({ status: 415, body: { code: 415, title: 'Unsupported content encoding' } });
  });

  it.each([
    ['cut off', gzipSync('{"displayName":"cut-off"}').subarray(0, 20)],
    ['not compressed at all', Buffer.from('{"displayName":"plain"}')],
    ['compressed twice', gzipSync(gzipSync('{"displayName":"twice"}'))],
    ['empty', Buffer.alloc(0)],
  ])('is refused with 400 when it is %s', async (_what, body) => {
    expect(await post(body, 'gzip')).toMatchObject({ status: 400, body: { code: 520046 } });
  });

  function post(body: Buffer, encoding: string) {
    return server.request('POST', stores, new Uint8Array(body), { 'Content-Encoding': encoding });
  }
});

describe('an answer', () => {
  it.each([
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['deflate', 'deflate'],
    ['*', 'gzip'],
    ['gzip;q=0.5, br;q=0.1', 'gzip'],
    ['GZIP', 'gzip'],
  ])('is compressed when the caller accepts %s', async (accepted, encoding) => {
    const reply = await server.request('GET', '/openapi.json', undefined, { 'Accept-Encoding': accepted });
    expect(reply.headers.get('content-encoding')).toBe(encoding);
    expect(reply.headers.get('vary')).toBe('accept-encoding');
    expect(reply).toMatchObject({ status: 200, body: { openapi: '3.1.0' } });
  });

  it.each([
    '',
    'identity',
    'gzip;q=0',
    'identity;q=0',
    '*;q=0',
    'identity;q=0, *;q=0',
    'gzip;q=abc',
    'zstd',
    ';;;,,,=',
    'x'.repeat(4000),
    '\u00e9\u00ff',
  ])('is sent as it is, and never fails, when the caller accepts %j', async (accepted) => {
    const reply = await server.request('GET', '/openapi.json', undefined, { 'Accept-Encoding': accepted });
    expect(reply.headers.get('content-encoding')).toBeNull();
    expect(reply).toMatchObject({ status: 200, body: { openapi: '3.1.0' } });
  });

  it('is sent as it is when it is small', async () => {
    const reply = await server.request('GET', '/healthz', undefined, { 'Accept-Encoding': 'gzip' });
    expect(reply.headers.get('content-encoding')).toBeNull();
    expect(reply.body).toEqual({ status: 'alive' });
  });

  it('is what it says it is', async () => {
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      get(`${server.url}/openapi.json`, { headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve(Buffer.concat(chunks)));
      }).on('error', reject);
    });
    expect(JSON.parse(gunzipSync(bytes).toString())).toMatchObject({ openapi: '3.1.0' });
  });
});
