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
  storeId = await createStore(client, `merges-${count}`);
});

interface Merge {
  readonly id: string;
  readonly survivorId: string;
  readonly mergedId: string;
  readonly reasons: readonly {
    readonly rule: string;
    readonly values: readonly { readonly value: string }[];
  }[];
  readonly moved: object;
  readonly undoneAt?: string;
}

const create = async (contact: object): Promise<string> =>
  (await client.memory.v1.profiles(storeId).create({ traits: { Contact: contact } } as never)).id ?? '';
const observe = (profileId: string, content: string) =>
  client.memory.v1
    .observations(storeId, profileId)
    .create({ observations: [{ content, source: 'test', occurredAt: new Date() }] });
const observationsOf = async (profileId: string) =>
  (await client.memory.v1.observations(storeId, profileId).list()).map(({ content }) => content).toSorted();
const contactOf = async (profileId: string) =>
  ((await client.memory.v1.profiles(storeId, profileId).fetch()).traits as unknown as { Contact: object })
    .Contact;
const path = (profileId: string) => `/rapport/v1/Stores/${storeId}/Profiles/${profileId}/Merges`;
const mergesOf = async (profileId: string) =>
  ((await server.request('GET', path(profileId))).body as { merges: Merge[] }).merges;
const undo = (profileId: string, mergeId = '') =>
  server.request('POST', `${path(profileId)}/${mergeId}/Undo`);
const recallCount = async (profileId: string, query: string) => {
  const found = await client.memory.v1
    .recall(storeId, profileId)
    .create({ query, relevanceThreshold: 0.001 } as never);
  return (found as unknown as { observations: unknown[] }).observations.length;
};

/** Two people who turn out to be one. */
async function mergeTwo(): Promise<{ survivor: string; merged: string }> {
  const survivor = await create({ phone: '+12025550180', city: 'Springfield' });
  await observe(survivor, 'Likes tea.');
  await server.advance(1);
  const merged = await create({ email: 'two@example.com', city: 'Shelbyville' });
  await observe(merged, 'Plays chess.');
  await server.advance(1);
  await create({ phone: '+12025550180', email: 'two@example.com' });
  return { survivor, merged };
}

describe('the merges of a profile', () => {
  it('say what was merged, by which rules and values, and what moved', async () => {
    const { survivor, merged } = await mergeTwo();
    expect(await mergesOf(survivor)).toMatchObject([
      {
        survivorId: survivor,
        mergedId: merged,
        reasons: expect.arrayContaining([
          { rule: 'phone', values: [{ idType: 'phone', value: '+12025550180' }] },
          { rule: 'email', values: [{ idType: 'email', value: 'two@example.com' }] },
        ]),
        moved: { traits: 2, identifiers: 1, observations: 1, summaries: 0 },
      },
    ]);
  });

  it('can be undone: traits, identifiers and memories go back where they came from', async () => {
    const { survivor, merged } = await mergeTwo();
    expect(await contactOf(survivor)).toMatchObject({ city: 'Shelbyville' });
    const [merge] = await mergesOf(survivor);
    expect(await undo(survivor, merge?.id)).toMatchObject({
      status: 200,
      body: { undoneAt: expect.any(String) },
    });

    expect(await observationsOf(survivor)).toEqual(['Likes tea.']);
    expect(await observationsOf(merged)).toEqual(['Plays chess.']);
    expect(await contactOf(merged)).toEqual({ email: 'two@example.com', city: 'Shelbyville' });
    expect(await contactOf(survivor)).toMatchObject({ phone: '+12025550180', city: 'Springfield' });
    const lookup = await client.memory.v1
      .lookup(storeId)
      .create({ idType: 'email', value: 'two@example.com' });
    expect(lookup.profiles).toEqual([merged]);
    expect(await recallCount(merged, 'chess')).toBe(1);
    expect(await recallCount(survivor, 'chess')).toBe(0);
    expect((await client.memory.v1.profiles(storeId).list()).toSorted()).toEqual(
      [survivor, merged].toSorted(),
    );
  });

  it('leave with the survivor what arrived since', async () => {
    const { survivor, merged } = await mergeTwo();
    await observe(survivor, 'Bought a bicycle.');
    await server.advance(1);
    await client.memory.v1
      .profiles(storeId, survivor)
      .patch({ traits: { Contact: { city: 'Capital City' } } } as never);
    const [merge] = await mergesOf(survivor);
    await undo(survivor, merge?.id);
    expect(await observationsOf(survivor)).toEqual(['Bought a bicycle.', 'Likes tea.']);
    expect(await observationsOf(merged)).toEqual(['Plays chess.']);
    expect(await contactOf(survivor)).toMatchObject({ city: 'Capital City' });
    expect(await contactOf(merged)).toMatchObject({ city: 'Shelbyville' });
  });

  it('follow the survivor when it is merged itself, and can still be undone one by one', async () => {
    const first = await create({ chat: 'first' });
    await observe(first, 'Owns a boat.');
    const { survivor, merged } = await mergeTwo();
    await create({ chat: 'first', phone: '+12025550180' });
    expect(await mergesOf(survivor)).toHaveLength(2);

    const inner = (await mergesOf(first)).find(({ mergedId }) => mergedId === merged);
    await undo(first, inner?.id);
    expect(await observationsOf(merged)).toEqual(['Plays chess.']);
    expect(await observationsOf(first)).toEqual(['Likes tea.', 'Owns a boat.']);

    const outer = (await mergesOf(first)).find(({ mergedId }) => mergedId === survivor);
    await undo(first, outer?.id);
    expect(await observationsOf(survivor)).toEqual(['Likes tea.']);
    expect(await observationsOf(first)).toEqual(['Owns a boat.']);
  });

  it('bring profiles back with those that they had absorbed', async () => {
    const first = await create({ chat: 'first' });
    const { survivor, merged } = await mergeTwo();
    await create({ chat: 'first', phone: '+12025550180' });
    const outer = (await mergesOf(first)).find(({ mergedId }) => mergedId === survivor);
    await undo(first, outer?.id);
    const read = await server.request('GET', `/v1/Stores/${storeId}/Profiles/${merged}`);
    expect(read.headers.get('Canonical-Profile-Id')).toBe(survivor);
    expect((await mergesOf(survivor)).map(({ mergedId }) => mergedId)).toEqual([merged]);
  });

  it('are undone once, by those who may', async () => {
    const { survivor, merged } = await mergeTwo();
    const [merge] = await mergesOf(survivor);
    await undo(survivor, merge?.id);
    expect((await undo(survivor, merge?.id)).status).toBe(409);
    expect((await undo(merged, merge?.id)).status).toBe(404);
    expect((await undo(survivor, 'rapport_merge_00000000000000000000000000')).status).toBe(404);
    expect((await undo(survivor, 'x')).status).toBe(400);
  });

  it('are gone with the profile', async () => {
    const { survivor } = await mergeTwo();
    await client.memory.v1.profiles(storeId, survivor).remove();
    expect((await server.request('GET', path(survivor))).status).toBe(404);
  });
});
