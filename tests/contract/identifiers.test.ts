import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;
let next = 0;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  storeId = await createStore(client);
});
afterAll(() => server.stop());

const email = () => {
  next += 1;
  return `i${next}@example.com`;
};
const create = async (contact: object): Promise<string> =>
  (await client.memory.v1.profiles(storeId).create({ traits: { Contact: contact } } as never)).id ?? '';
const identifiers = (profileId: string) => client.memory.v1.identifiers(storeId, profileId);
const valuesOf = async (profileId: string, idType: string) =>
  (await client.memory.v1.identifiers(storeId, profileId, idType).fetch()).values;

describe('identifiers through the SDK', () => {
  it('lists normalised values by type, in the order in which they came', async () => {
    const first = email();
    const id = await create({ email: first, phone: '(202) 555-0170' });
    await identifiers(id).create({ idType: 'email', value: ' SECOND@example.com' });
    const listed = (await identifiers(id).list()) as unknown as { idType: string; values: string[] }[];
    expect(Object.fromEntries(listed.map(({ idType, values }) => [idType, values]))).toEqual({
      email: [first, 'second@example.com'],
      phone: ['+12025550170'],
    });
  });

  it('keeps the order of arrival, also of values that come within the same millisecond', async () => {
    const id = await create({ email: email() });
    for (const value of ['c', 'a', 'd', 'b']) await identifiers(id).create({ idType: 'chat', value });
    expect(await valuesOf(id, 'chat')).toEqual(['c', 'a', 'd', 'b']);
    await client.memory.v1.identifiers(storeId, id, 'chat').remove();
    expect(await valuesOf(id, 'chat')).toEqual(['a', 'd', 'b']);
  });

  it('adding a value that is there already changes nothing', async () => {
    const address = email();
    const id = await create({ email: address });
    await identifiers(id).create({ idType: 'email', value: address });
    expect(await valuesOf(id, 'email')).toEqual([address]);
  });

  it('adding a value that another profile holds makes them one', async () => {
    const [one, two] = [email(), email()];
    const survivor = await create({ email: one });
    const merged = await create({ email: two });
    await identifiers(merged).create({ idType: 'email', value: one });
    expect(await valuesOf(survivor, 'email')).toEqual([one, two]);
    const read = await server.request('GET', `/v1/Stores/${storeId}/Profiles/${merged}/Identifiers/email`);
    expect(read.status).toBe(301);
    expect(read.headers.get('Canonical-Profile-Id')).toBe(survivor);
  });

  it('swaps a value, which from then on finds the profile', async () => {
    const [old, fresh] = [email(), email()];
    const id = await create({ email: old });
    await client.memory.v1
      .identifiers(storeId, id, 'email')
      .patch({ idType: 'email', oldValue: old.toUpperCase(), newValue: fresh });
    expect(await valuesOf(id, 'email')).toEqual([fresh]);
    expect((await client.memory.v1.lookup(storeId).create({ idType: 'email', value: old })).profiles).toEqual(
      [],
    );
  });

  it('swapping in a value that another profile holds makes them one', async () => {
    const [one, two] = [email(), email()];
    const survivor = await create({ email: one });
    const merged = await create({ email: two });
    await client.memory.v1
      .identifiers(storeId, merged, 'email')
      .patch({ idType: 'email', oldValue: two, newValue: one });
    expect(await valuesOf(survivor, 'email')).toEqual([one]);
    expect((await client.memory.v1.profiles(storeId, merged).fetch()).id).toBe(survivor);
  });

  it('refuses with 409 to swap in a value of another profile where no rule makes them one', async () => {
    const own = await createStore(client, 'no-rule');
    await client.memory.v1
      .identityResolutionSettings(own)
      .update({ identifierConfigs: [{ idType: 'badge' }], matchingRules: ['email'] } as never);
    const [owner, other] = await Promise.all(
      [email(), email()].map(async (address) => {
        const created = await client.memory.v1
          .profiles(own)
          .create({ traits: { Contact: { email: address } } });
        return created.id ?? '';
      }),
    );
    await client.memory.v1.identifiers(own, owner ?? '').create({ idType: 'badge', value: 'b-1' });
    await client.memory.v1.identifiers(own, other ?? '').create({ idType: 'badge', value: 'b-2' });
    const path = `/v1/Stores/${own}/Profiles/${other}/Identifiers/badge`;
    const reply = await server.request('PATCH', path, { idType: 'badge', oldValue: 'b-2', newValue: 'b-1' });
    expect(reply).toMatchObject({ status: 409, body: { code: 20409 } });
    expect(reply.headers.get('X-Conflicting-Resource-Id')).toBe(owner);
    expect((await server.request('GET', path)).body).toEqual({ idType: 'badge', values: ['b-2'] });
  });

  it('removes the oldest value, or all of a type', async () => {
    const [one, two] = [email(), email()];
    const id = await create({ email: one });
    await identifiers(id).create({ idType: 'email', value: two });
    await client.memory.v1.identifiers(storeId, id, 'email').remove();
    expect(await valuesOf(id, 'email')).toEqual([two]);
    await client.memory.v1.identifiers(storeId, id, 'email').remove({ removeAll: true });
    await expect(client.memory.v1.identifiers(storeId, id, 'email').fetch()).rejects.toMatchObject({
      status: 404,
    });
  });

  it.each([
    ['a value that is none of its type', 'POST', '', { idType: 'phone', value: '12' }, 400],
    ['an unknown type', 'POST', '', { idType: 'passport', value: 'x' }, 400],
    ['a value of 256 characters', 'POST', '', { idType: 'chat', value: 'x'.repeat(256) }, 400],
    [
      'a swap of another type than the path names',
      'PATCH',
      '/email',
      { idType: 'phone', oldValue: 'a', newValue: 'b' },
      400,
    ],
    [
      'a swap of a value that is not there',
      'PATCH',
      '/chat',
      { idType: 'chat', oldValue: 'a', newValue: 'b' },
      404,
    ],
    ['a removal from a type without values', 'DELETE', '/chat', undefined, 404],
    ['a removal from an unknown type', 'DELETE', '/passport', undefined, 404],
    ['a read of a type without values', 'GET', '/chat', undefined, 404],
  ])('refuses %s', async (_case, method, suffix, body, status) => {
    const id = await create({ email: email() });
    const reply = await server.request(
      method,
      `/v1/Stores/${storeId}/Profiles/${id}/Identifiers${suffix}`,
      body,
    );
    expect(reply.status).toBe(status);
  });
});
