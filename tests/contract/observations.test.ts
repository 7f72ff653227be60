import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;
let profileId: string;
let profileNumber = 0;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  storeId = await createStore(client);
});
afterAll(() => server.stop());
beforeEach(async () => {
  profileNumber += 1;
  const created = await client.memory.v1
    .profiles(storeId)
    .create({ traits: { Contact: { email: `o${profileNumber}@example.com` } } });
  profileId = created.id ?? '';
});

const conversationId = 'conv_conversation_00000000000000000000000001';
const observation = (content: string, more: object = {}) => ({
  content,
  source: 'test',
  occurredAt: new Date('2026-01-02T03:04:05.678Z'),
  ...more,
});
const observations = () => client.memory.v1.observations(storeId, profileId);
const path = () => `/v1/Stores/${storeId}/Profiles/${profileId}/Observations`;

async function createOne(content: string, more: object = {}): Promise<string> {
  await observations().create({ observations: [observation(content, more)] });
  const [newest] = await observations().list({ pageSize: 1, limit: 1 });
  return newest?.id ?? '';
}

describe('observations through the SDK', () => {
  it('stores a batch that can be listed at once, newest first', async () => {
    await observations().create({
      observations: [observation('first'), observation('second', { conversationIds: [conversationId] })],
    });
    const listed = await observations().list();
    expect(listed.map(({ content }) => content)).toEqual(['second', 'first']);
    expect(listed[0]).toMatchObject({
      source: 'test',
      conversationIds: [conversationId],
      occurredAt: new Date('2026-01-02T03:04:05.678Z'),
    });
  });

  it('lists those that mention a conversation, as they are now', async () => {
    const other = conversationId.replace(/1$/, '2');
    const [moved] = [
      await createOne('first', { conversationIds: [conversationId] }),
      await createOne('second', { conversationIds: [other, conversationId] }),
      await createOne('third', { conversationIds: [other] }),
      await createOne('fourth'),
    ];
    const listOf = async (id: string) => {
      const reply = await server.request('GET', `${path()}?conversationId=${id}`);
      return (reply.body as { observations: { content: string }[] }).observations.map(
        ({ content }) => content,
      );
    };
    expect(await listOf(conversationId)).toEqual(['second', 'first']);
    await client.memory.v1.observations(storeId, profileId, moved ?? '').patch({ conversationIds: [other] });
    expect(await listOf(conversationId)).toEqual(['second']);
    expect(await listOf(other)).toEqual(['third', 'second', 'first']);
  });

  it('fetches one by its ID', async () => {
    const id = await createOne('Drinks tea.');
    expect(await client.memory.v1.observations(storeId, profileId, id).fetch()).toMatchObject({
      id,
      content: 'Drinks tea.',
    });
  });

  it('changes given members only, and keeps the earlier states as revisions, newest first', async () => {
    const id = await createOne('Drinks tea.', { conversationIds: [conversationId] });
    await server.advance(60);
    await client.memory.v1.observations(storeId, profileId, id).patch({ content: 'Drinks coffee.' });
    await client.memory.v1.observations(storeId, profileId, id).patch({});

    const current = await client.memory.v1.observations(storeId, profileId, id).fetch();
    expect(current).toMatchObject({
      content: 'Drinks coffee.',
      source: 'test',
      conversationIds: [conversationId],
    });
    expect(Number(current.updatedAt) - Number(current.createdAt)).toBe(60_000);
    const revisions = await client.memory.v1.revisions(storeId, profileId, id).list();
    expect(revisions.map(({ content }) => content)).toEqual(['Drinks coffee.', 'Drinks tea.']);
    expect(new Set(revisions.map((revision) => revision.id))).toEqual(new Set([id]));
  });

  it('pages through revisions in both directions', async () => {
    const id = await createOne('state 0');
    for (let n = 1; n < 5; n += 1)
      await client.memory.v1.observations(storeId, profileId, id).patch({ content: `state ${n}` });
    const first = await client.memory.v1.revisions(storeId, profileId, id).page({ pageSize: 2 });
    const second = await first.nextPage();
    const back = await second?.previousPage();
    expect(first.instances.map(({ content }) => content)).toEqual(['state 4', 'state 3']);
    expect(second?.instances.map(({ content }) => content)).toEqual(['state 2', 'state 1']);
    expect(back?.instances.map(({ content }) => content)).toEqual(['state 4', 'state 3']);
  });

  it('deletes one with its revisions, for good', async () => {
    const id = await createOne('Drinks tea.');
    await client.memory.v1.observations(storeId, profileId, id).patch({ content: 'Drinks coffee.' });
    await client.memory.v1.observations(storeId, profileId, id).remove();
    await expect(client.memory.v1.observations(storeId, profileId, id).fetch()).rejects.toMatchObject({
      status: 404,
    });
    await expect(client.memory.v1.revisions(storeId, profileId, id).list()).rejects.toMatchObject({
      status: 404,
    });
    await expect(client.memory.v1.observations(storeId, profileId, id).remove()).rejects.toMatchObject({
      status: 404,
    });
  });

  it('filters by source, conversation and time of creation', async () => {
    await observations().create({ observations: [observation('a', { source: 'one' })] });
    await server.advance(60);
    const between = new Date(server.context.clock.now());
    await observations().create({
      observations: [observation('b', { source: 'two', conversationIds: [conversationId] })],
    });
    const contents = async (filter: object) =>
      (await observations().list(filter)).map(({ content }) => content);
    expect(await contents({ source: 'one' })).toEqual(['a']);
    expect(await contents({ conversationId })).toEqual(['b']);
    expect(await contents({ createdBefore: between })).toEqual(['a']);
    expect(await contents({ source: 'one', conversationId })).toEqual([]);
  });

  it('reads createdAfter as inclusive and createdBefore as exclusive, to the millisecond', async () => {
    await observations().create({ observations: [observation('a')] });
    const [{ createdAt = new Date() } = {}] = await observations().list();
    const found = async (query: string) =>
      ((await server.request('GET', `${path()}?${query}`)).body as { observations: object[] }).observations
        .length;
    const at = createdAt.toISOString();
    const after = new Date(createdAt.getTime() + 1).toISOString();
    expect([await found(`createdAfter=${at}`), await found(`createdAfter=${after}`)]).toEqual([1, 0]);
    expect([await found(`createdBefore=${at}`), await found(`createdBefore=${after}`)]).toEqual([0, 1]);
  });

  it('lists everything page by page, in either order', async () => {
    const contents = Array.from({ length: 10 }, (_, n) => `observation ${n}`);
    await observations().create({ observations: contents.map((content) => observation(content)) });
    const newestFirst = await observations().list({ pageSize: 3 });
    const oldestFirst = await observations().list({ pageSize: 3, orderBy: 'ASC' });
    expect(oldestFirst.map(({ content }) => content)).toEqual(contents);
    expect(newestFirst.map(({ content }) => content)).toEqual(contents.toReversed());
  });

  it('does not show an observation under another profile', async () => {
    const id = await createOne('mine');
    const other = await client.memory.v1
      .profiles(storeId)
      .create({ traits: { Contact: { email: 'other@example.com' } } });
    await expect(client.memory.v1.observations(storeId, other.id ?? '', id).fetch()).rejects.toMatchObject({
      status: 404,
    });
  });

  it('takes the bare single observation of older clients and repeats what it stored', async () => {
    const reply = await server.request('POST', path(), {
      content: 'Likes jazz.',
      source: 'conversation-intelligence',
    });
    expect(reply).toMatchObject({
      status: 202,
      body: {
        content: 'Likes jazz.',
        source: 'conversation-intelligence',
        conversationIds: [],
        message: expect.any(String),
      },
    });
    expect((await observations().list())[0]).toMatchObject({ content: 'Likes jazz.' });
  });

  it('takes 4096 characters of content, counted as characters, and not one more', async () => {
    await observations().create({ observations: [observation('🙂'.repeat(4096))] });
    await expect(
      observations().create({ observations: [observation('x'.repeat(4097))] }),
    ).rejects.toMatchObject({ status: 400 });
  });

  it.each([
    ['an empty batch', { observations: [] }],
    ['eleven at once', { observations: Array.from({ length: 11 }, (_, n) => observation(`o${n}`)) }],
    ['one bad item among good ones', { observations: [observation('good'), { content: 'no source' }] }],
    ['a time that is none', { observations: [observation('x', { occurredAt: '2026-02-30T00:00:00Z' })] }],
    ['a source with a slash', { observations: [observation('x', { source: 'a/b' })] }],
    ['a conversation ID that is none', { observations: [observation('x', { conversationIds: ['conv_1'] })] }],
    ['no body members', {}],
  ])('refuses %s and stores nothing', async (_case, body) => {
    expect(await server.request('POST', path(), body)).toMatchObject({ status: 400, body: { code: 400 } });
    expect(await observations().list()).toEqual([]);
  });
});

describe('conversation summaries through the SDK', () => {
  const summaries = () => client.memory.v1.conversationSummaries(storeId, profileId);
  const summary = (content: string, more: object = {}) => ({
    content,
    conversationId,
    occurredAt: new Date('2026-01-02T03:04:05Z'),
    ...more,
  });

  it('stores, lists, fetches, changes and deletes them', async () => {
    await summaries().create({
      summaries: [summary('Asked about billing.'), summary('Solved.', { source: 'agent' })],
    });
    const [newest, oldest] = await summaries().list();
    expect(newest).toMatchObject({ content: 'Solved.', source: 'agent', conversationId });
    expect(oldest).toMatchObject({ content: 'Asked about billing.' });

    const id = oldest?.id ?? '';
    await client.memory.v1
      .conversationSummaries(storeId, profileId, id)
      .patch({ content: 'Asked about an invoice.' });
    expect(await client.memory.v1.conversationSummaries(storeId, profileId, id).fetch()).toMatchObject({
      content: 'Asked about an invoice.',
      occurredAt: new Date('2026-01-02T03:04:05Z'),
    });
    await client.memory.v1.conversationSummaries(storeId, profileId, id).remove();
    expect((await summaries().list()).map((item) => item.content)).toEqual(['Solved.']);
  });

  it('filters by conversation', async () => {
    const other = 'conv_conversation_00000000000000000000000002';
    await summaries().create({ summaries: [summary('one'), summary('two', { conversationId: other })] });
    expect((await summaries().list({ conversationId: other })).map(({ content }) => content)).toEqual([
      'two',
    ]);
  });

  it('refuses a summary without its conversation', async () => {
    const reply = await server.request(
      'POST',
      `/v1/Stores/${storeId}/Profiles/${profileId}/ConversationSummaries`,
      {
        summaries: [{ content: 'x', occurredAt: '2026-01-01T00:00:00Z' }],
      },
    );
    expect(reply).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/summaries/0/conversationId' }] },
    });
  });
});
