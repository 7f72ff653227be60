import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createConfiguration, createConversation, say } from '../support/conversations.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;
let profile: string;
let count = 0;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({ env: { RAPPORT_MEMORIES_MAX: '500' } }));
  storeId = await createStore(client, 'limits-of-memories');
});
afterAll(() => server.stop());
beforeEach(async () => {
  count += 1;
  const traits = { Contact: { email: `m${count}@example.com` } };
  const { id } = await client.memory.v1.profiles(storeId).create({ traits });
  profile = `/v1/Stores/${storeId}/Profiles/${id}`;
});

const occurredAt = '2026-01-01T00:00:00Z';
const conversationId = `conv_conversation_${'0'.repeat(26)}`;

async function observe(...contents: string[]): Promise<void> {
  const observations = contents.map((content) => ({ content, source: 'test', occurredAt }));
  expect((await server.request('POST', `${profile}/Observations`, { observations })).status).toBe(202);
}

async function summarise(...contents: string[]): Promise<void> {
  const summaries = contents.map((content) => ({ content, conversationId, occurredAt }));
  expect((await server.request('POST', `${profile}/ConversationSummaries`, { summaries })).status).toBe(202);
}

interface Memory {
  readonly content: string;
  readonly score?: number;
}
interface Recalled {
  readonly observations: readonly Memory[];
  readonly summaries: readonly Memory[];
  readonly communications: readonly unknown[];
}
const recall = async (query: object) =>
  (await server.request('POST', `${profile}/Recall`, query)).body as Recalled;

/** The contents of a whole list, oldest first. */
async function contentsOf(list: 'Observations' | 'ConversationSummaries'): Promise<string[]> {
  const contents: string[] = [];
  for (let token = ''; ; ) {
    const query = token && `?pageToken=${token}`;
    const { body } = await server.request('GET', `${profile}/${list}${query}`);
    const { observations, summaries, meta } = body as Partial<Recalled> & { meta: { nextToken?: string } };
    contents.unshift(...(observations ?? summaries ?? []).map(({ content }) => content).reverse());
    if (!meta.nextToken) return contents;
    token = meta.nextToken;
  }
}

const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => `memory ${from + at}`);

describe('a profile with a limit of 500 memories', () => {
  it.each([
    ['Observations', observe],
    ['ConversationSummaries', summarise],
  ] as const)('keeps 500 %s; past them the oldest goes, from Recall too', async (list, add) => {
    for (let first = 1; first <= 491; first += 10) await add(...numbered(first, first + 9));
    expect(await contentsOf(list)).toEqual(numbered(1, 500));
    await add('memory 501');
    expect(await contentsOf(list)).toEqual(numbered(2, 501));
    const found = await recall({ query: 'memory 1', observationsLimit: 100, summariesLimit: 100 });
    const contents = [...found.observations, ...found.summaries].map(({ content }) => content);
    expect(contents).toHaveLength(100);
    expect(contents).not.toContain('memory 1');
  });
});

describe('Recall', () => {
  it('answers 20 observations, 5 summaries and no communications unless told otherwise', async () => {
    await observe(...numbered(1, 10));
    await observe(...numbered(11, 20));
    await observe('memory 21');
    await summarise(...numbered(1, 6));
    for (const query of [{}, { query: 'memory' }]) {
      const { observations, summaries, communications } = await recall(query);
      expect([observations.length, summaries.length, communications.length]).toEqual([20, 5, 0]);
    }
    const more = await recall({ observationsLimit: 21, summariesLimit: 6 });
    expect([more.observations.length, more.summaries.length]).toEqual([21, 6]);
  });

  it('infers its query from the last 10 communications of a conversation, and no more', async () => {
    await observe('Likes walnuts.', 'Rides a tandem.');
    const configuration = await createConfiguration(client, { memoryStoreId: storeId });
    const { id } = await createConversation(client, configuration);
    const scores = async () => {
      const { observations } = await recall({ conversationId: id });
      return Object.fromEntries(observations.map(({ content, score }) => [content, score]));
    };
    await say(client, id, { text: 'walnuts' });
    for (let n = 2; n <= 10; n += 1) await say(client, id, { text: 'tandem' });
    expect(await scores()).toEqual({
      'Likes walnuts.': expect.any(Number),
      'Rides a tandem.': expect.any(Number),
    });
    expect((await scores())['Likes walnuts.']).toBeGreaterThan(0);
    await say(client, id, { text: 'tandem' });
    expect((await scores())['Likes walnuts.']).toBe(0);
    expect((await scores())['Rides a tandem.']).toBeGreaterThan(0);
  });

  it('takes the query rather than the conversation when both are given', async () => {
    await observe('Likes walnuts.', 'Rides a tandem.');
    const configuration = await createConfiguration(client, { memoryStoreId: storeId });
    const { id } = await createConversation(client, configuration);
    await say(client, id, { text: 'walnuts' });
    const found = await recall({ conversationId: id, query: 'tandem', communicationsLimit: 1 });
    expect(found.observations.map(({ content }) => content)).toEqual(['Rides a tandem.', 'Likes walnuts.']);
    expect(found.observations[1]?.score).toBe(0);
    expect(found.communications).toMatchObject([{ content: { text: 'walnuts' } }]);
  });

  it('answers communications of the dates asked for, begin inclusive and end exclusive', async () => {
    const configuration = await createConfiguration(client, { memoryStoreId: storeId });
    const { id } = await createConversation(client, configuration);
    const times: string[] = [];
    for (const text of ['one', 'two', 'three']) {
      times.push(new Date(server.context.clock.now()).toISOString());
      await say(client, id, { text });
      await server.advance(60);
    }
    const [, beginDate, endDate] = times;
    const found = await recall({ conversationId: id, communicationsLimit: 10, beginDate, endDate });
    expect(found.communications).toMatchObject([{ content: { text: 'two' } }]);
  });

  it('has no use for the threshold where nothing is ranked', async () => {
    await observe('Likes walnuts.');
    const found = await recall({ relevanceThreshold: 1 });
    expect(found.observations).toMatchObject([{ content: 'Likes walnuts.' }]);
    expect(found.observations[0]).not.toHaveProperty('score');
  });
});
