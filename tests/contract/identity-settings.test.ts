import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

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
  storeId = await createStore(client, `identity-${count}`);
});

const settings = () => client.memory.v1.identityResolutionSettings(storeId);
const put = (identifierConfigs: object[], matchingRules: string[], headers?: object) =>
  settings().update({ identifierConfigs, matchingRules } as never, headers as never);
const path = () => `/v1/ControlPlane/Stores/${storeId}/IdentityResolutionSettings`;

/** A trait group whose traits feed the identifier types of the same names. */
async function promote(...idTypes: string[]): Promise<void> {
  const traits = Object.fromEntries(
    idTypes.map((idType) => [idType, { dataType: 'STRING', idTypePromotion: idType }]),
  );
  await client.memory.v1.traitGroups(storeId).create({ displayName: 'Account', traits } as never);
}
const create = async (traits: object): Promise<string> =>
  (await client.memory.v1.profiles(storeId).create({ traits } as never)).id ?? '';

describe('identity resolution settings through the SDK', () => {
  it('begin with the four reserved types, defaults filled in', async () => {
    const fresh = await settings().fetch();
    expect(fresh.matchingRules).toEqual(['email', 'whatsapp', 'phone', 'chat']);
    expect(fresh.version).toBe(1);
    expect(fresh.identifierConfigs).toHaveLength(4);
    expect(fresh.identifierConfigs).toContainEqual({
      idType: 'phone',
      matchingAlgo: 'exact',
      matchingThreshold: 75,
      limit: 100,
      limitPolicy: 'fifo',
      enforceUnique: true,
      normalization: 'phone',
    });
  });

  it('take types of your own, keep reserved ones that are left out, and raise the version', async () => {
    await put(
      [
        { idType: 'user_id', limit: 3 },
        { idType: 'email', normalization: 'EMAIL' },
      ],
      ['user_id', 'email'],
    );
    const changed = await settings().fetch();
    expect(changed.matchingRules).toEqual(['user_id', 'email']);
    expect((changed.identifierConfigs as { idType: string }[]).map(({ idType }) => idType)).toEqual([
      'user_id',
      'email',
      'whatsapp',
      'phone',
      'chat',
    ]);
    expect(changed.version).toBe(2);
  });

  it('change only under the current ETag when one is given', async () => {
    const tag = (await server.request('GET', path())).headers.get('ETag') ?? '';
    await put([{ idType: 'user_id' }], ['user_id'], { 'If-Match': tag });
    await expect(put([{ idType: 'user_id' }], ['user_id'], { 'If-Match': tag })).rejects.toMatchObject({
      status: 412,
      code: 520043,
    });
  });

  it.each([
    ['another normalisation for a reserved type', [{ idType: 'phone', normalization: 'trim' }], ['phone']],
    ['a type twice', [{ idType: 'user_id' }, { idType: 'user_id' }], ['user_id']],
    ['a rule of an unknown type', [{ idType: 'user_id' }], ['passport']],
    ['a compound rule with an unknown type', [{ idType: 'user_id' }], ['user_id AND passport']],
    ['a rule twice', [{ idType: 'user_id' }], ['user_id', 'user_id']],
    ['no rules', [{ idType: 'user_id' }], []],
    [
      'twelve types, sixteen with the reserved ones',
      Array.from({ length: 12 }, (_, n) => ({ idType: `type_${n}` })),
      ['type_0'],
    ],
    ['a threshold of 49', [{ idType: 'user_id', matchingThreshold: 49 }], ['user_id']],
    ['a threshold of 100', [{ idType: 'user_id', matchingThreshold: 100 }], ['user_id']],
    ['a limit of 101', [{ idType: 'user_id', limit: 101 }], ['user_id']],
    ['a name of one letter', [{ idType: 'x' }], ['x']],
    ['a name with a space', [{ idType: 'user id' }], ['user id']],
  ])('refuse %s', async (_case, identifierConfigs, matchingRules) => {
    const reply = await server.request('PUT', path(), { identifierConfigs, matchingRules });
    expect(reply).toMatchObject({ status: 400, body: { code: 520046 } });
    expect((await settings().fetch()).version).toBe(1);
  });
});

describe('an identifier type that is taken away', () => {
  async function createWithUserId(): Promise<string> {
    await put([{ idType: 'user_id' }], ['user_id', 'email']);
    await promote('user_id');
    const id = await create({ Contact: { email: 'u@example.com' }, Account: { user_id: 'u-1' } });
    await put([{ idType: 'email' }], ['email']);
    return id;
  }

  it('leaves its values with profiles, from which they can be removed', async () => {
    const id = await createWithUserId();
    const values = client.memory.v1.identifiers(storeId, id, 'user_id');
    expect((await values.fetch()).values).toEqual(['u-1']);
    await values.remove();
    await expect(values.fetch()).rejects.toMatchObject({ status: 404 });
  });

  it('makes a trait that promotes to it a trait like any other', async () => {
    const id = await createWithUserId();
    await client.memory.v1.profiles(storeId, id).patch({ traits: { Account: { user_id: 'u-2' } } } as never);
    expect((await client.memory.v1.profiles(storeId, id).fetch()).traits).toMatchObject({
      Account: { user_id: 'u-2' },
    });
    expect((await client.memory.v1.identifiers(storeId, id, 'user_id').fetch()).values).toEqual(['u-1']);
    const alone = { traits: { Account: { user_id: 'u-3' } } };
    await expect(client.memory.v1.profiles(storeId).create(alone as never)).rejects.toMatchObject({
      status: 400,
    });
  });

  it('does not keep the trait group from being changed, only from being told so again', async () => {
    await createWithUserId();
    const group = client.memory.v1.traitGroups(storeId, 'Account');
    await group.patch({ description: 'changed', traits: { plan: { dataType: 'STRING' } } } as never);
    const again = { user_id: { dataType: 'STRING', idTypePromotion: 'user_id' } };
    await expect(group.patch({ traits: again } as never)).rejects.toMatchObject({
      status: 400,
      code: 520046,
    });
  });
});

describe('matching by the settings', () => {
  it('resolves by a type of your own', async () => {
    await put([{ idType: 'user_id' }], ['user_id']);
    await promote('user_id');
    const first = await create({ Account: { user_id: ' u-1 ' } });
    expect(await create({ Account: { user_id: 'u-1' } })).toBe(first);
    expect(await create({ Account: { user_id: 'u-2' } })).not.toBe(first);
  });

  it('never matches on a value alone that need not be unique, and does on two that agree', async () => {
    await put(
      [
        { idType: 'last_name', enforceUnique: false },
        { idType: 'postcode', enforceUnique: false },
      ],
      ['last_name', 'last_name AND postcode'],
    );
    await promote('last_name', 'postcode');
    const first = await create({ Account: { last_name: 'Example', postcode: '10001' } });
    expect(await create({ Account: { last_name: 'Example' } })).not.toBe(first);
    expect(await create({ Account: { last_name: 'Example', postcode: '10001' } })).toBe(first);
  });

  it('leaves a unique value with its owner when no rule matches by it', async () => {
    await put([{ idType: 'badge' }], ['phone']);
    await promote('badge');
    const owner = await create({ Contact: { phone: '+12025550160' }, Account: { badge: 'b-1' } });
    const other = await create({ Contact: { phone: '+12025550161' }, Account: { badge: 'b-1' } });
    expect(other).not.toBe(owner);
    expect(
      (await client.memory.v1.lookup(storeId).create({ idType: 'badge', value: 'b-1' })).profiles,
    ).toEqual([owner]);
  });

  it('matches fuzzily down to the threshold and no further', async () => {
    await put([{ idType: 'company', matchingAlgo: 'fuzzy', matchingThreshold: 80 }], ['company']);
    await promote('company');
    const first = await create({ Account: { company: 'Example Industries' } });
    expect(await create({ Account: { company: 'Exmaple Industries' } })).toBe(first);
    expect(await create({ Account: { company: 'Sample Industry Group' } })).not.toBe(first);
  });

  it.each([
    ['fifo', ['u-2', 'u-3']],
    ['lifo', ['u-1', 'u-2']],
  ])('keeps values up to the limit, by %s', async (limitPolicy, kept) => {
    await put([{ idType: 'user_id', limit: 2, limitPolicy }], ['phone']);
    const id = await create({ Contact: { phone: '+12025550162' } });
    for (const value of ['u-1', 'u-2', 'u-3']) {
      await client.memory.v1.identifiers(storeId, id).create({ idType: 'user_id', value });
    }
    expect((await client.memory.v1.identifiers(storeId, id, 'user_id').fetch()).values).toEqual(kept);
  });
});
