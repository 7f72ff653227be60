import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../src/testing/index.ts';

const stores = '/v1/ControlPlane/Stores';

interface StorePage {
  readonly stores: string[];
  readonly meta: { key: string; pageSize: number; nextToken?: string; previousToken?: string };
}

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  for (let index = 0; index < 7; index += 1) {
    await server.request('POST', stores, { displayName: `store-${index}` });
  }
});
afterAll(() => server.stop());

async function page(query: string): Promise<StorePage> {
  const reply = await server.request('GET', `${stores}?${query}`);
  expect(reply.status).toBe(200);
  return reply.body as StorePage;
}

describe('pageSize', () => {
  it.each([
    ['', 50],
    ['pageSize=1', 1],
    ['pageSize=100', 100],
    ['pageSize=101', 100],
    ['pageSize=1000000', 100],
    ['pageSize=%207', 7],
    ['pageSize=1e400', 100],
  ])('%j gives pages of %i', async (query, size) => {
    const body = await page(query);
    expect(body.meta).toMatchObject({ key: 'stores', pageSize: size });
    expect(body.stores).toHaveLength(Math.min(7, size));
  });

  it.each(['0', '-1', 'abc', '1.5', 'NaN', 'null'])('%s is refused with 400', async (size) => {
    const reply = await server.request('GET', `${stores}?pageSize=${size}`);
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ pointer: '/pageSize' }] } });
  });

  it('given twice is refused with 400', async () => {
    expect((await server.request('GET', `${stores}?pageSize=1&pageSize=2`)).status).toBe(400);
  });
});

describe('pageToken', () => {
  it('leads through the list and back', async () => {
    const first = await page('pageSize=3');
    const second = await page(`pageSize=3&pageToken=${first.meta.nextToken}`);
    const third = await page(`pageSize=3&pageToken=${second.meta.nextToken}`);
    expect([...first.stores, ...second.stores, ...third.stores]).toEqual((await page('')).stores);
    expect(first.meta).not.toHaveProperty('previousToken');
    expect(third.meta).not.toHaveProperty('nextToken');
    const back = await page(`pageSize=3&pageToken=${third.meta.previousToken}`);
    expect(back.stores).toEqual(second.stores);
  });

  it('may be empty, which is the first page', async () => {
    expect((await page('pageToken=')).stores).toHaveLength(7);
  });

  it('of one order is refused in the other', async () => {
    const { meta } = await page('pageSize=1&orderBy=ASC');
    const reply = await server.request('GET', `${stores}?pageToken=${meta.nextToken}&orderBy=DESC`);
    expect(reply.status).toBe(400);
  });

  it('of one list is refused by another', async () => {
    const { meta } = await page('pageSize=1');
    const reply = await server.request('GET', `/v2/ControlPlane/Configurations?pageToken=${meta.nextToken}`);
    expect(reply).toMatchObject({ status: 400, body: { code: 20001 } });
  });

  it.each([
    ['garbage', 'garbage'],
    ['too long', 'A'.repeat(501)],
    ['JSON that is no token', forge({})],
    ['a list that is too short', forge(['n'])],
    ['no token of this list', forge(['n', 'AAAAAAAA', 'mem_store_1'])],
  ])('is refused with 400 when it is %s', async (_what, token) => {
    const reply = await server.request('GET', `${stores}?pageToken=${token}`);
    expect(reply).toMatchObject({ status: 400, body: { errors: [{ pointer: '/pageToken' }] } });
  });

  it('is refused with 400 when its position is of another type', async () => {
    const { meta } = await page('pageSize=1');
    const [direction, scope] = JSON.parse(
      Buffer.from(meta.nextToken ?? '', 'base64url').toString(),
    ) as unknown[];
    for (const position of [1, null, {}, ['x'], 'a\0b']) {
      const reply = await server.request('GET', `${stores}?pageToken=${forge([direction, scope, position])}`);
      expect(reply.status).toBe(400);
    }
    expect(
      (await server.request('GET', `${stores}?pageToken=${forge([direction, scope, 'x'])}`)).status,
    ).toBe(200);
  });
});

describe('orderBy', () => {
  it('turns the list around', async () => {
    expect((await page('orderBy=ASC')).stores).toEqual((await page('orderBy=DESC')).stores.toReversed());
  });

  it('is refused with 400 when it is neither ASC nor DESC', async () => {
    expect((await server.request('GET', `${stores}?orderBy=asc`)).status).toBe(400);
  });
});

function forge(body: unknown): string {
  return Buffer.from(JSON.stringify(body)).toString('base64url');
}
