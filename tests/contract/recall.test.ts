import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;
let profileId: string;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  storeId = await createStore(client);
  profileId =
    (await client.memory.v1.profiles(storeId).create({ traits: { Contact: { phone: '+12025550130' } } }))
      .id ?? '';
  for (const [content, occurredAt] of facts) {
    await client.memory.v1.observations(storeId, profileId).create({
      observations: [{ content, source: 'test', occurredAt: new Date(occurredAt) }],
    });
    await server.advance(1);
  }
  await client.memory.v1.conversationSummaries(storeId, profileId).create({
    summaries: [
      {
        content: 'Asked how to ship a parcel abroad.',
        conversationId: 'conv_conversation_00000000000000000000000001',
        occurredAt: new Date('2026-02-01T00:00:00Z'),
      },
    ],
  });
});
afterAll(() => server.stop());

const facts = [
  ['Prefers express shipping for every parcel.', '2026-01-01T00:00:00Z'],
  ['Is allergic to peanuts.', '2026-02-01T00:00:00Z'],
  ['Moved to Portland in spring.', '2026-03-01T00:00:00Z'],
] as const;

type Recalled = {
  observations: { content: string; score?: number }[];
  summaries: { content: string; score?: number }[];
};
const recall = async (query: object): Promise<Recalled & Record<string, unknown>> =>
  (await client.memory.v1.recall(storeId, profileId).create(query as never)) as never;
const contents = (found: Recalled) => found.observations.map(({ content }) => content);

describe('Recall through the SDK', () => {
  it('puts the memory that answers the query first, with a score between 0 and 1', async () => {
    const found = await recall({ query: 'how should parcels be shipped?' });
    expect(contents(found)[0]).toBe('Prefers express shipping for every parcel.');
    expect(found.observations[0]?.score).toBeGreaterThan(0);
    expect(found.observations[0]?.score).toBeLessThanOrEqual(1);
    expect(found.summaries[0]?.content).toBe('Asked how to ship a parcel abroad.');
  });

  it('finds a memory by the date on which it happened', async () => {
    expect(contents(await recall({ query: 'what happened in February 2026?' }))[0]).toBe(
      'Is allergic to peanuts.',
    );
  });

  it('returns weakly related memories up to the limit when there is no threshold', async () => {
    const found = await recall({ query: 'peanuts', observationsLimit: 2 });
    expect(found.observations).toHaveLength(2);
    expect(found.observations[1]?.score).toBe(0);
  });

  it('leaves out what scores below the threshold', async () => {
    const found = await recall({ query: 'peanuts', relevanceThreshold: 0.01 });
    expect(contents(found)).toEqual(['Is allergic to peanuts.']);
  });

  it.each([
    ['no query', {}],
    ['a blank query', { query: '  ' }],
  ])('answers %s with the most recent, without scores', async (_case, query) => {
    const found = await recall(query);
    expect(contents(found)).toEqual(facts.map(([content]) => content).toReversed());
    expect(found.observations.every(({ score }) => score === undefined)).toBe(true);
  });

  it('keeps to the dates: begin inclusive, end exclusive, by when it occurred', async () => {
    const dates = { beginDate: new Date('2026-02-01T00:00:00Z'), endDate: new Date('2026-03-01T00:00:00Z') };
    expect(contents(await recall(dates))).toEqual(['Is allergic to peanuts.']);
    expect(contents(await recall({ ...dates, query: 'shipping peanuts Portland' }))).toEqual([
      'Is allergic to peanuts.',
    ]);
  });

  it('returns none of a kind whose limit is 0', async () => {
    const found = await recall({ query: 'parcel', observationsLimit: 0, summariesLimit: 0 });
    expect(found).toMatchObject({ observations: [], summaries: [], communications: [] });
  });

  it('finds a changed observation by its new words and no longer by its old ones', async () => {
    const own =
      (await client.memory.v1.profiles(storeId).create({ traits: { Contact: { phone: '+12025550131' } } }))
        .id ?? '';
    await client.memory.v1.observations(storeId, own).create({
      observations: [{ content: 'Owns a bicycle.', source: 'test', occurredAt: new Date() }],
    });
    const [stored] = await client.memory.v1.observations(storeId, own).list();
    await client.memory.v1
      .observations(storeId, own, stored?.id ?? '')
      .patch({ content: 'Owns a motorcycle.' });
    const scores = async (query: string) => {
      const found = (await client.memory.v1
        .recall(storeId, own)
        .create({ query, relevanceThreshold: 0.001 } as never)) as never as Recalled;
      return found.observations.length;
    };
    expect([await scores('bicycle'), await scores('motorcycle')]).toEqual([0, 1]);
  });

  it('answers a merged profile with 200 and the survivor in a header', async () => {
    const phone = (
      await client.memory.v1.profiles(storeId).create({ traits: { Contact: { phone: '+12025550132' } } })
    ).id;
    const email = (
      await client.memory.v1.profiles(storeId).create({ traits: { Contact: { email: 'm@example.com' } } })
    ).id;
    await client.memory.v1
      .profiles(storeId)
      .create({ traits: { Contact: { phone: '+12025550132', email: 'm@example.com' } } });
    const reply = await server.request('POST', `/v1/Stores/${storeId}/Profiles/${email}/Recall`, {});
    expect(reply.status).toBe(200);
    expect(reply.headers.get('Canonical-Profile-Id')).toBe(phone);
  });

  it.each([
    ['a limit above 100', { observationsLimit: 101 }],
    ['a threshold above 1', { relevanceThreshold: 1.1 }],
    ['a query of 1025 characters', { query: 'x'.repeat(1025) }],
    ['dates the wrong way round', { beginDate: '2026-02-01T00:00:00Z', endDate: '2026-01-01T00:00:00Z' }],
    ['a conversation ID that is none', { conversationId: 'x' }],
  ])('refuses %s with 400', async (_case, body) => {
    const reply = await server.request('POST', `/v1/Stores/${storeId}/Profiles/${profileId}/Recall`, body);
    expect(reply).toMatchObject({ status: 400, body: { code: 400 } });
  });

  it('treats an unknown conversation as one from which nothing can be inferred', async () => {
    const found = await recall({
      conversationId: 'conv_conversation_00000000000000000000000009',
      communicationsLimit: 5,
    });
    expect(found.observations).toHaveLength(3);
    expect(found['communications']).toEqual([]);
  });
});
