import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;
let profileId: string;
let count = 0;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  storeId = await createStore(client);
});
afterAll(() => server.stop());
beforeEach(async () => {
  count += 1;
  profileId = await createProfile(`recall-${count}@example.com`);
});

const createProfile = async (email: string): Promise<string> =>
  (await client.memory.v1.profiles(storeId).create({ traits: { Contact: { email } } } as never)).id ?? '';

async function observe(...contents: string[]): Promise<void> {
  await client.memory.v1.observations(storeId, profileId).create({
    observations: contents.map((content) => ({ content, source: 'test', occurredAt: new Date() })),
  });
}

interface Found {
  readonly id: string;
  readonly content: string;
  readonly score?: number;
  readonly explanation?: readonly { feature: string; value: number; contribution: number }[];
}

async function found(
  query: object,
  path = `/v1/Stores/${storeId}/Profiles/${profileId}/Recall`,
): Promise<Found[]> {
  const { status, body } = await server.request('POST', path, query);
  expect(status).toBe(200);
  return (body as { observations: Found[] }).observations;
}

const matching = async (query: string) =>
  (await found({ query, relevanceThreshold: 0.000001 })).map(({ content }) => content).toSorted();

describe('Recall', () => {
  it('finds what was written, changed and deleted since the last time, as it is now', async () => {
    await observe('Likes green tea.', 'Rides a bike.');
    expect(await matching('green tea')).toEqual(['Likes green tea.']);
    await observe('Buys green apples.');
    expect(await matching('green')).toEqual(['Buys green apples.', 'Likes green tea.']);
    const [tea] = await found({ query: 'tea' });
    await client.memory.v1
      .observations(storeId, profileId, tea?.id ?? '')
      .patch({ content: 'Likes black coffee.' });
    expect(await matching('green')).toEqual(['Buys green apples.']);
    expect(await matching('coffee')).toEqual(['Likes black coffee.']);
    await client.memory.v1.observations(storeId, profileId, tea?.id ?? '').remove();
    expect(await matching('coffee')).toEqual([]);
  });

  it('finds a memory whose word the query misspells', async () => {
    await observe('Wants the refrigerator repaired.', 'Rides a bike.');
    expect(await matching('refrigirator')).toEqual(['Wants the refrigerator repaired.']);
  });

  it('gives an obvious match a high score and a loose one a low score', async () => {
    await observe(
      'Asked for a refund of the blue shoes.',
      'Rides a bike to work.',
      'Has two cats.',
      'Moved to Portland.',
    );
    const [best, ...others] = await found({ query: 'refund of the blue shoes' });
    expect(best?.score).toBeGreaterThan(0.5);
    for (const { score } of others) expect(score).toBeLessThan(0.2);
  });
});

describe('Recall/Explain', () => {
  const path = () => `/rapport/v1/Stores/${storeId}/Profiles/${profileId}/Recall/Explain`;

  it('answers as Recall does, with the parts of each score, largest first', async () => {
    await observe('Asked for a refund.', 'Rides a bike.');
    const query = { query: 'refund' };
    const explained = await found(query, path());
    expect(explained.map(({ explanation: _, ...memory }) => memory)).toEqual(await found(query));
    const [refund, bike] = explained;
    expect(refund?.explanation?.map(({ feature }) => feature)).toContain('words');
    const sizes = refund?.explanation?.map(({ contribution }) => Math.abs(contribution)) ?? [];
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(bike).not.toHaveProperty('explanation');
  });

  it('is refused where Recall is', async () => {
    const other = path().replace(profileId, 'mem_profile_00000000000000000000000000');
    expect(await server.request('POST', other, {})).toMatchObject({ status: 404 });
    expect(await server.request('POST', path(), { observationsLimit: 101 })).toMatchObject({
      status: 400,
    });
  });
});
