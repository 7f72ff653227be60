import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, finishedResultId, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
});
afterAll(() => server.stop());

describe('memory stores through the SDK', () => {
  it('creates a store, which is active at the first poll', async () => {
    const accepted = await client.memory.v1.stores.create({ displayName: 'first', description: 'A store' });
    const id = await finishedResultId(client, accepted.statusUrl);
    const store = await client.memory.v1.stores(id).fetch();
    expect(store).toMatchObject({
      id,
      displayName: 'first',
      description: 'A store',
      status: 'ACTIVE',
      version: 1,
    });
  });

  it('lists the IDs of stores, newest first', async () => {
    const older = await createStore(client, 'older');
    const newer = await createStore(client, 'newer');
    const ids = await client.memory.v1.stores.list();
    expect(ids.indexOf(newer)).toBeLessThan(ids.indexOf(older));
  });

  it('refuses a name that is taken with 409 and code 520045', async () => {
    await createStore(client, 'taken');
    await expect(client.memory.v1.stores.create({ displayName: 'taken' })).rejects.toMatchObject({
      status: 409,
      code: 520045,
    });
  });

  it('raises the version with each change, and only then', async () => {
    const id = await createStore(client, 'versioned');
    await client.memory.v1.stores(id).patch({ description: 'changed' });
    await client.memory.v1.stores(id).patch({});
    expect(await client.memory.v1.stores(id).fetch()).toMatchObject({ version: 2, description: 'changed' });
  });

  it('deletes a store for good, with an operation that is COMPLETED when nothing is left', async () => {
    const id = await createStore(client, 'short-lived');
    const { statusUrl } = await client.memory.v1.stores(id).remove();
    await server.idle();
    expect(await finishedResultId(client, statusUrl)).toBe(id);
  });

  it('makes a store unknown, and its name free, as soon as it is deleted', async () => {
    const id = await createStore(client, 'renewed');
    const stores = client.memory.v1.stores;
    await stores(id).remove();
    const gone = { status: 404, code: 520041 };
    await expect(stores(id).fetch()).rejects.toMatchObject(gone);
    await expect(stores(id).patch({ description: 'changed' })).rejects.toMatchObject(gone);
    await expect(stores(id).remove()).rejects.toMatchObject(gone);
    expect(await stores.list()).not.toContain(id);
    expect(await createStore(client, 'renewed')).not.toBe(id);
  });
});
