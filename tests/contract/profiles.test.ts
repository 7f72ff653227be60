import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  storeId = await createStore(client);
});
afterAll(() => server.stop());

const profiles = () => client.memory.v1.profiles(storeId);
const createProfile = async (contact: Record<string, unknown>): Promise<string> =>
  (await profiles().create({ traits: { Contact: contact } })).id ?? '';

describe('profiles through the SDK', () => {
  it('creates a profile from a phone number and reads its traits back as they were written', async () => {
    const id = await createProfile({ phone: '(202) 555-0101', firstName: 'Ada' });
    const profile = await client.memory.v1.profiles(storeId, id).fetch();
    expect(id).toMatch(/^mem_profile_[0-7][0-9a-z]{25}$/);
    expect(profile.traits).toEqual({ Contact: { phone: '(202) 555-0101', firstName: 'Ada' } });
    expect(profile.createdAt).toBeInstanceOf(Date);
  });

  it('resolves the same person again by phone, however it is written, and merges the traits', async () => {
    const first = await createProfile({ phone: '+12025550102', city: 'Springfield' });
    const second = await createProfile({ phone: '1-202-555-0102', city: 'Shelbyville', lastName: 'Moe' });
    expect(second).toBe(first);
    const profile = await client.memory.v1.profiles(storeId, first).fetch();
    expect(profile.traits).toMatchObject({ Contact: { city: 'Shelbyville', lastName: 'Moe' } });
  });

  it('resolves by e-mail address without regard to case and spaces', async () => {
    const first = await createProfile({ email: 'Ada.Example@example.com' });
    expect(await createProfile({ email: ' ada.example@EXAMPLE.com ' })).toBe(first);
  });

  it('makes two profiles one when a later write shows that they are the same person', async () => {
    const byPhone = await createProfile({ phone: '+12025550103', firstName: 'Grace' });
    const byEmail = await createProfile({ email: 'grace@example.com', city: 'Arlington' });
    await client.memory.v1.observations(storeId, byEmail).create({
      observations: [
        { content: 'Prefers e-mail.', source: 'test', occurredAt: new Date('2026-01-02T03:04:05Z') },
      ],
    });

    const merged = await createProfile({ phone: '+12025550103', email: 'grace@example.com' });

    expect(merged).toBe(byPhone);
    const viaOldId = await client.memory.v1.profiles(storeId, byEmail).fetch();
    expect(viaOldId.id).toBe(byPhone);
    expect(viaOldId.traits).toEqual({
      Contact: { phone: '+12025550103', email: 'grace@example.com', firstName: 'Grace', city: 'Arlington' },
    });
    const observations = await client.memory.v1.observations(storeId, byPhone).list();
    expect(observations.map((observation) => observation.content)).toEqual(['Prefers e-mail.']);
    expect(await profiles().list({ pageSize: 100 })).not.toContain(byEmail);
  });

  it('answers a write to a merged profile with 308 and the way to the survivor', async () => {
    const survivor = await createProfile({ phone: '+12025550104' });
    const merged = await createProfile({ email: 'alan@example.com' });
    await createProfile({ phone: '+12025550104', email: 'alan@example.com' });
    const path = `/v1/Stores/${storeId}/Profiles/`;

    const reply = await server.request('PATCH', `${path}${merged}`, {
      traits: { Contact: { city: 'Bletchley' } },
    });

    expect(reply.status).toBe(308);
    expect(reply.headers.get('Canonical-Profile-Id')).toBe(survivor);
    expect(reply.headers.get('Location')).toBe(`${server.url}${path}${survivor}`);
    expect(reply.body).toEqual({
      message: 'This resource has moved.',
      uri: `${server.url}${path}${survivor}`,
    });
    const read = await server.request('GET', `${path}${merged}`);
    expect(read.headers.get('Canonical-Profile-Id')).toBe(survivor);
  });

  it('ends in one profile when the same person is created many times at once', async () => {
    const ids = await Promise.all(Array.from({ length: 50 }, () => createProfile({ phone: '+12025550105' })));
    expect(new Set(ids).size).toBe(1);
  });

  it('lists profile IDs, newest first, page by page', async () => {
    const own = await createStore(client, 'listed');
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.unshift(
        (await client.memory.v1.profiles(own).create({ traits: { Contact: { email: `p${n}@example.com` } } }))
          .id ?? '',
      );
    }
    const seen: string[] = [];
    await client.memory.v1.profiles(own).each({ pageSize: 2 }, (id) => seen.push(String(id)));
    await expect.poll(() => seen).toEqual(ids);
  });

  it('restricts traits to the named groups and ignores unknown ones', async () => {
    const id = await createProfile({ phone: '+12025550106' });
    const known = await client.memory.v1.profiles(storeId, id).fetch({ traitGroups: 'Contact,Nothing' });
    const unknown = await client.memory.v1.profiles(storeId, id).fetch({ traitGroups: 'Nothing' });
    expect(known.traits).toEqual({ Contact: { phone: '+12025550106' } });
    expect(unknown.traits).toEqual({});
  });

  it('changes given traits and removes those set to null', async () => {
    const id = await createProfile({ phone: '+12025550107', firstName: 'Edsger', city: 'Austin' });
    await client.memory.v1
      .profiles(storeId, id)
      .patch({ traits: { Contact: { city: null, lastName: 'Example' } } });
    const profile = await client.memory.v1.profiles(storeId, id).fetch();
    expect(profile.traits).toEqual({
      Contact: { phone: '+12025550107', firstName: 'Edsger', lastName: 'Example' },
    });
  });

  it('keeps an old identifier when the trait that fed it changes', async () => {
    const id = await createProfile({ phone: '+12025550108' });
    await client.memory.v1.profiles(storeId, id).patch({ traits: { Contact: { phone: '+12025550109' } } });
    for (const value of ['+12025550108', '+12025550109']) {
      expect((await client.memory.v1.lookup(storeId).create({ idType: 'phone', value })).profiles).toEqual([
        id,
      ]);
    }
  });

  it('keeps an identifier when the trait that fed it is removed', async () => {
    const id = await createProfile({ phone: '+12025550111' });
    await client.memory.v1.profiles(storeId, id).patch({ traits: { Contact: { phone: null } } });
    const found = await client.memory.v1.lookup(storeId).create({ idType: 'phone', value: '+12025550111' });
    expect(found.profiles).toEqual([id]);
  });

  it('deletes a profile for good and frees its identifiers', async () => {
    const id = await createProfile({ phone: '+12025550110' });
    await client.memory.v1.profiles(storeId, id).remove();
    await expect(client.memory.v1.profiles(storeId, id).fetch()).rejects.toMatchObject({
      status: 404,
      code: 20404,
    });
    expect(await createProfile({ phone: '+12025550110' })).not.toBe(id);
  });

  it.each([
    ['no identifying trait', { traits: { Contact: { firstName: 'Nobody' } } }],
    ['no traits at all', {}],
    ['a phone number that is none', { traits: { Contact: { phone: '555' } } }],
    ['an unknown trait group', { traits: { Shoes: { size: 44 }, Contact: { email: 'x@example.com' } } }],
    ['an unknown trait', { traits: { Contact: { email: 'x@example.com', shoeSize: 44 } } }],
    ['a value of the wrong type', { traits: { Contact: { email: 'x@example.com', city: 7 } } }],
    ['null on create', { traits: { Contact: { email: 'x@example.com', city: null } } }],
    [
      'a string of 1025 characters',
      { traits: { Contact: { email: 'x@example.com', city: 'x'.repeat(1025) } } },
    ],
    ['an unknown member', { traits: { Contact: { email: 'x@example.com' } }, extra: true }],
  ])('refuses %s with 400 and writes nothing', async (_case, body) => {
    const before = await profiles().list({ pageSize: 100 });
    const reply = await server.request('POST', `/v1/Stores/${storeId}/Profiles`, body);
    expect(reply).toMatchObject({ status: 400, body: { code: 400, status: 400, title: 'Bad request' } });
    expect(await profiles().list({ pageSize: 100 })).toEqual(before);
  });
});

describe('lookup through the SDK', () => {
  it('answers the normalised value and the profiles that hold it', async () => {
    const id = await createProfile({ phone: '+12025550120' });
    const found = await client.memory.v1.lookup(storeId).create({ idType: 'phone', value: '1-202-555-0120' });
    expect(found).toMatchObject({ normalizedValue: '+12025550120', profiles: [id] });
  });

  it('answers an empty list when nobody matches, also for a value that is not valid', async () => {
    const nobody = await client.memory.v1.lookup(storeId).create({ idType: 'phone', value: '+12025550199' });
    const invalid = await client.memory.v1.lookup(storeId).create({ idType: 'phone', value: ' 555 ' });
    expect(nobody).toMatchObject({ normalizedValue: '+12025550199', profiles: [] });
    expect(invalid).toMatchObject({ normalizedValue: '555', profiles: [] });
  });

  it('refuses an identifier type that the store does not have', async () => {
    const lookup = client.memory.v1.lookup(storeId).create({ idType: 'passport', value: 'x' });
    await expect(lookup).rejects.toMatchObject({ status: 400 });
  });
});
