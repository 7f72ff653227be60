import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, finishedResultId, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;
let count = 0;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({ env: { RAPPORT_STORES_MAX: '1000' } }));
});
afterAll(() => server.stop());
beforeEach(async () => {
  count += 1;
  storeId = await createStore(client, `groups-${count}`);
});

const groups = () => client.memory.v1.traitGroups(storeId);
const group = (name: string) => client.memory.v1.traitGroups(storeId, name);
const path = () => `/v1/ControlPlane/Stores/${storeId}/TraitGroups`;
const loyalty = {
  displayName: 'Loyalty',
  description: 'Programme data',
  traits: {
    tier: {
      dataType: 'STRING',
      validationRule: { ruleType: 'STRING', pattern: '^(gold|silver)$', maxLength: 6 },
    },
    points: { dataType: 'NUMBER', validationRule: { ruleType: 'NUMBER', min: 0, max: 1000 } },
    active: { dataType: 'BOOLEAN' },
    tags: { dataType: 'ARRAY', validationRule: { ruleType: 'ARRAY', maxItems: 2 } },
  },
};
const createLoyalty = () => groups().create(loyalty as never);
const fetchTraits = async (name: string) => {
  const { body } = await server.request('GET', `${path()}/${name}`);
  return (body as { traitGroup: { traits: Record<string, unknown> } }).traitGroup.traits;
};
const createProfile = (traits: object) =>
  server.request('POST', `/v1/Stores/${storeId}/Profiles`, {
    traits: { Contact: { email: 'g@example.com' }, ...traits },
  });

describe('trait groups through the SDK', () => {
  it('gives a new store the group Contact, with traits that identify', async () => {
    expect(await fetchTraits('Contact')).toMatchObject({
      phone: { dataType: 'STRING', idTypePromotion: 'phone' },
      email: { dataType: 'STRING', idTypePromotion: 'email' },
      firstName: { dataType: 'STRING' },
    });
  });

  it('creates a group and reads it back', async () => {
    const accepted = await createLoyalty();
    expect(await finishedResultId(client, accepted.statusUrl)).toBe('Loyalty');
    expect(await fetchTraits('Loyalty')).toEqual(loyalty.traits);
  });

  it('lists groups with definitions only when asked to', async () => {
    await createLoyalty();
    const plain = await groups().list();
    const full = await groups().list({ includeTraits: true });
    expect(plain.map(({ displayName }) => displayName).toSorted()).toEqual(['Contact', 'Loyalty']);
    expect(plain.every((item) => item.traits === undefined)).toBe(true);
    expect(full.find(({ displayName }) => displayName === 'Loyalty')?.traits).toEqual(loyalty.traits);
  });

  it('replaces, adds and removes definitions, and values of removed ones', async () => {
    await createLoyalty();
    expect(await createProfile({ Loyalty: { tier: 'gold', points: 5 } })).toMatchObject({ status: 202 });
    await group('Loyalty').patch({
      traits: { tier: { dataType: 'STRING' }, since: { dataType: 'NUMBER' }, points: { dataType: '' } },
    } as never);
    expect(Object.keys(await fetchTraits('Loyalty')).toSorted()).toEqual(['active', 'since', 'tags', 'tier']);
    const [profileId] = await client.memory.v1.profiles(storeId).list();
    const profile = await client.memory.v1.profiles(storeId, profileId ?? '').fetch();
    expect(profile.traits).toMatchObject({ Loyalty: { tier: 'gold' } });
    expect(profile.traits).not.toHaveProperty('Loyalty.points');
  });

  it('pages through the traits of a group', async () => {
    await createLoyalty();
    const first = await server.request('GET', `${path()}/Loyalty?pageSize=3&orderBy=ASC`);
    const { traitGroup, meta } = first.body as {
      traitGroup: { traits: object };
      meta: { key: string; nextToken: string };
    };
    expect(Object.keys(traitGroup.traits)).toEqual(['active', 'points', 'tags']);
    expect(meta.key).toBe('traitGroup');
    const second = await server.request(
      'GET',
      `${path()}/Loyalty?pageSize=3&orderBy=ASC&pageToken=${meta.nextToken}`,
    );
    expect(Object.keys((second.body as { traitGroup: { traits: object } }).traitGroup.traits)).toEqual([
      'tier',
    ]);
  });

  it('changes only under the current ETag when one is given, and raises the version', async () => {
    await createLoyalty();
    const tag = (await server.request('GET', `${path()}/Loyalty`)).headers.get('ETag') ?? '';
    await group('Loyalty').patch({ description: 'new' } as never, { 'If-Match': tag } as never);
    await expect(
      group('Loyalty').patch({ description: 'x' } as never, { 'If-Match': tag } as never),
    ).rejects.toMatchObject({ status: 412 });
    const { body } = await server.request('GET', `${path()}/Loyalty`);
    expect(body).toMatchObject({ traitGroup: { version: 2, description: 'new' } });
  });

  it('deletes a group with its values', async () => {
    await createLoyalty();
    await createProfile({ Loyalty: { tier: 'gold' } });
    await group('Loyalty').remove();
    await expect(group('Loyalty').fetch()).rejects.toMatchObject({ status: 404, code: 520047 });
    const [profileId] = await client.memory.v1.profiles(storeId).list();
    expect((await client.memory.v1.profiles(storeId, profileId ?? '').fetch()).traits).toEqual({
      Contact: { email: 'g@example.com' },
    });
  });

  it('keeps identifiers that its values fed when it is deleted', async () => {
    const traits = { handle: { dataType: 'STRING', idTypePromotion: 'chat' } };
    await groups().create({ displayName: 'Social', traits } as never);
    await createProfile({ Social: { handle: 'h-1' } });
    await group('Social').remove();
    const found = await client.memory.v1.lookup(storeId).create({ idType: 'chat', value: 'h-1' });
    expect(found.profiles).toHaveLength(1);
  });

  it('shows a group without its definitions when asked to', async () => {
    await createLoyalty();
    const { body } = await server.request('GET', `${path()}/Loyalty?includeTraits=false`);
    expect((body as { traitGroup: object }).traitGroup).toEqual({
      displayName: 'Loyalty',
      description: 'Programme data',
      version: 1,
    });
  });

  it('refuses to remove a trait that is not there, and changes nothing', async () => {
    await createLoyalty();
    await expect(
      group('Loyalty').patch({ traits: { colour: { dataType: '' }, size: { dataType: 'NUMBER' } } } as never),
    ).rejects.toMatchObject({ status: 400, code: 520046 });
    expect(await fetchTraits('Loyalty')).toEqual(loyalty.traits);
  });

  it.each([
    ['a pattern that the value does not match', { tier: 'bronze' }],
    ['a number out of bounds', { points: 1001 }],
    ['a number as text', { points: '5' }],
    ['a boolean as a number', { active: 1 }],
    ['an array that is too long', { tags: ['a', 'b', 'c'] }],
    ['an array within an array', { tags: [['a']] }],
  ])('refuses %s when values are written', async (_case, values) => {
    await createLoyalty();
    expect(await createProfile({ Loyalty: values })).toMatchObject({ status: 400, body: { code: 400 } });
    expect(await client.memory.v1.profiles(storeId).list()).toEqual([]);
  });

  it.each([
    ['a name that is taken', { displayName: 'Contact' }, 409, 520055],
    ['a name with a space', { displayName: 'My Group' }, 400, 520046],
    ['an empty data type', { displayName: 'X', traits: { a: { dataType: '' } } }, 400, 520046],
    [
      'a rule of another type',
      { displayName: 'X', traits: { a: { dataType: 'STRING', validationRule: { ruleType: 'NUMBER' } } } },
      400,
      520046,
    ],
    [
      'bounds the wrong way round',
      {
        displayName: 'X',
        traits: { a: { dataType: 'NUMBER', validationRule: { ruleType: 'NUMBER', min: 2, max: 1 } } },
      },
      400,
      520046,
    ],
    [
      'a pattern with look-ahead',
      {
        displayName: 'X',
        traits: { a: { dataType: 'STRING', validationRule: { ruleType: 'STRING', pattern: '(?=a)' } } },
      },
      400,
      520046,
    ],
    [
      'a promotion to an unknown type',
      { displayName: 'X', traits: { a: { dataType: 'STRING', idTypePromotion: 'passport' } } },
      400,
      520046,
    ],
    [
      'a promotion of a boolean',
      { displayName: 'X', traits: { a: { dataType: 'BOOLEAN', idTypePromotion: 'chat' } } },
      400,
      520046,
    ],
    [
      '96 traits',
      {
        displayName: 'X',
        traits: Object.fromEntries(Array.from({ length: 96 }, (_, n) => [`t${n}`, { dataType: 'STRING' }])),
      },
      400,
      520054,
    ],
  ])('refuses to create a group with %s', async (_case, body, status, code) => {
    expect(await server.request('POST', path(), body)).toMatchObject({ status, body: { code } });
  });

  it('takes 95 traits a group and 50 groups a store, and no more', async () => {
    const traits = Object.fromEntries(
      Array.from({ length: 95 }, (_, n) => [`t${n}`, { dataType: 'STRING' }]),
    );
    await groups().create({ displayName: 'Full', traits } as never);
    await expect(
      group('Full').patch({ traits: { one: { dataType: 'STRING' } } } as never),
    ).rejects.toMatchObject({ code: 520054 });
    for (let n = 2; n < 50; n += 1) await groups().create({ displayName: `g${n}` } as never);
    await expect(groups().create({ displayName: 'one-too-many' } as never)).rejects.toMatchObject({
      status: 400,
      code: 520053,
    });
  });

  it('protects what identifies a customer', async () => {
    await expect(group('Contact').remove()).rejects.toMatchObject({ status: 409, code: 520050 });
    await expect(
      group('Contact').patch({ traits: { phone: { dataType: '' } } } as never),
    ).rejects.toMatchObject({ status: 409, code: 520050 });
    await expect(
      group('Contact').patch({ traits: { email: { dataType: 'STRING' } } } as never),
    ).rejects.toMatchObject({ code: 520050 });
  });

  it('keeps the data type of a trait that profiles have values of', async () => {
    await createLoyalty();
    await createProfile({ Loyalty: { tier: 'gold' } });
    await expect(
      group('Loyalty').patch({ traits: { tier: { dataType: 'NUMBER' } } } as never),
    ).rejects.toMatchObject({ status: 409 });
  });

  it('checks a hostile pattern in linear time', async () => {
    const traits = { a: { dataType: 'STRING', validationRule: { ruleType: 'STRING', pattern: '^(a+)+$' } } };
    await groups().create({ displayName: 'Hostile', traits } as never);
    const reply = await createProfile({ Hostile: { a: `${'a'.repeat(1000)}!` } });
    expect(reply.status).toBe(400);
  });
});

describe('traits of a profile through the SDK', () => {
  it('lists values with the time they were written, page by page and by group', async () => {
    await createLoyalty();
    await createProfile({ Loyalty: { tier: 'gold' } });
    await server.advance(60);
    await createProfile({ Loyalty: { points: 7 } });
    const [profileId] = await client.memory.v1.profiles(storeId).list();
    const listed = await client.memory.v1.traits(storeId, profileId ?? '').list({ pageSize: 1 });
    const values = Object.fromEntries(
      listed.map((trait) => [`${trait.traitGroup}.${trait.name}`, trait.value]),
    );
    expect(values).toEqual({ 'Contact.email': 'g@example.com', 'Loyalty.tier': 'gold', 'Loyalty.points': 7 });
    expect(listed.at(-1)?.name).toBe('tier');
    const loyaltyOnly = await client.memory.v1
      .traits(storeId, profileId ?? '')
      .list({ traitGroups: 'Loyalty' });
    expect(loyaltyOnly.map(({ name }) => name).toSorted()).toEqual(['points', 'tier']);
  });
});

describe('bulk upsert through the SDK', () => {
  const bulk = (profiles: object[]) => client.memory.v1.bulk(storeId).update({ profiles } as never);
  const contact = (email: string, more: object = {}) => ({ traits: { Contact: { email, ...more } } });

  it('creates and updates by identity, rows in order', async () => {
    await bulk([
      contact('b1@example.com', { city: 'A' }),
      contact('b2@example.com'),
      contact('B1@example.com', { city: 'B' }),
    ]);
    const ids = await client.memory.v1.profiles(storeId).list();
    expect(ids).toHaveLength(2);
    const { profiles = [] } = await client.memory.v1
      .lookup(storeId)
      .create({ idType: 'email', value: 'b1@example.com' });
    expect((await client.memory.v1.profiles(storeId, profiles[0] ?? '').fetch()).traits).toMatchObject({
      Contact: { city: 'B' },
    });
  });

  it('skips rows that name nobody or have unknown traits', async () => {
    await bulk([
      { traits: { Contact: { city: 'Nowhere' } } },
      { traits: { Shoes: { size: 1 } } },
      contact('b3@example.com'),
      {},
    ]);
    expect(await client.memory.v1.profiles(storeId).list()).toHaveLength(1);
  });

  it('takes 1000 profiles and refuses 1001 as a whole', async () => {
    const rows = Array.from({ length: 1001 }, (_, n) => contact(`many${n}@example.com`));
    await expect(bulk(rows)).rejects.toMatchObject({ status: 400 });
    expect(await client.memory.v1.profiles(storeId).list()).toEqual([]);
    await bulk(rows.slice(0, 1000));
    const { body } = await server.request('GET', `/v1/Stores/${storeId}/Profiles?pageSize=100`);
    expect((body as { profiles: string[] }).profiles).toHaveLength(100);
  });
});
