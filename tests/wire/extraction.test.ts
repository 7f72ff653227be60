import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import {
  agent,
  createConfiguration,
  createConversation,
  customer,
  say,
  uniqueName,
} from '../support/conversations.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;
let configurationId: string;

async function start(env: Record<string, string> = {}): Promise<void> {
  ({ server, client } = await startServerWithSdk({ env }));
  storeId = await createStore(client, uniqueName());
  configurationId = await createConfiguration(client, {
    memoryStoreId: storeId,
    memoryExtractionEnabled: true,
    channelSettings: { SMS: { statusTimeouts: { inactive: 10, closed: 30 } } },
  });
}

interface Talk {
  readonly conversationId: string;
  readonly profileId: string;
  customerSays(text: string): Promise<void>;
  agentSays(text: string): Promise<void>;
  close(): Promise<void>;
}

async function startTalk(customerNumber = '+12025550123', agentNumber = '+12025550100'): Promise<Talk> {
  const { id, participants } = await createConversation(client, configurationId, [
    customer(customerNumber),
    agent(agentNumber),
  ]);
  const profileId = participants.find(({ type }) => type === 'CUSTOMER')?.profileId;
  if (!profileId) throw new Error('the customer has no profile');
  return {
    conversationId: id,
    profileId,
    customerSays: async (text) =>
      void (await say(client, id, { text, from: customerNumber, to: agentNumber })),
    agentSays: async (text) => void (await say(client, id, { text, from: agentNumber, to: customerNumber })),
    close: async () => {
      await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
      await server.idle();
    },
  };
}

async function observationsOf(profileId: string) {
  return client.memory.v1.observations(storeId, profileId).list({ orderBy: 'ASC' });
}

async function contentsOf(profileId: string) {
  return (await observationsOf(profileId)).map(({ content }) => content);
}

async function summariesOf(profileId: string) {
  return client.memory.v1.conversationSummaries(storeId, profileId).list();
}

describe('a conversation that ends', () => {
  beforeEach(() => start());
  afterEach(() => server.stop());

  it('leaves observations and a summary on the customer’s profile', async () => {
    const talk = await startTalk();
    await talk.customerSays('Hi, my name is Ines Duarte. I need to return a pair of boots.');
    await talk.agentSays('Could you give me your email address?');
    await talk.customerSays('ines@example.com');
    await talk.agentSays('I have sent you a return label.');
    await talk.close();
    const observations = await observationsOf(talk.profileId);
    expect(observations.map(({ content }) => content).sort()).toEqual([
      'Customer needs to return a pair of boots. Outcome: The agent has sent them a return label',
      "Customer's email: ines@example.com",
      "Customer's name: Ines Duarte",
    ]);
    expect(observations[0]).toMatchObject({
      source: 'conversation-extraction',
      conversationIds: [talk.conversationId],
    });
    expect(await summariesOf(talk.profileId)).toMatchObject([
      {
        conversationId: talk.conversationId,
        source: 'conversation-extraction',
        content: expect.stringContaining('Ines Duarte needs to return a pair of boots'),
      },
    ]);
  });

  it('is not read while it is active', async () => {
    const talk = await startTalk();
    await talk.customerSays('I live in Porto.');
    await server.idle();
    expect(await observationsOf(talk.profileId)).toEqual([]);
  });

  it('does not repeat at its end what it said before it went inactive', async () => {
    const talk = await startTalk();
    await talk.customerSays('I live in Porto.');
    await server.advance(10 * 60);
    expect(await contentsOf(talk.profileId)).toEqual(['Customer lives in Porto']);
    expect(await summariesOf(talk.profileId)).toEqual([]);
    await talk.customerSays('I work for a bakery.');
    await talk.close();
    expect(await contentsOf(talk.profileId)).toEqual([
      'Customer lives in Porto',
      'Customer works for a bakery',
    ]);
    expect(await summariesOf(talk.profileId)).toHaveLength(1);
  });

  it('gets its summary when nothing was said since it went inactive', async () => {
    const talk = await startTalk();
    await talk.customerSays('I live in Porto.');
    await server.advance(30 * 60);
    expect(await contentsOf(talk.profileId)).toEqual(['Customer lives in Porto']);
    expect(await summariesOf(talk.profileId)).toHaveLength(1);
  });

  it('repeats nothing when it goes inactive again without a word', async () => {
    const talk = await startTalk();
    await talk.customerSays('I live in Porto.');
    const conversation = client.conversations.v2.conversations(talk.conversationId);
    for (const status of ['INACTIVE', 'ACTIVE', 'INACTIVE']) {
      await conversation.update({ status });
      await server.idle();
    }
    expect(await contentsOf(talk.profileId)).toEqual(['Customer lives in Porto']);
  });

  it('leaves nothing when its configuration does not turn extraction on', async () => {
    configurationId = await createConfiguration(client, { memoryStoreId: storeId });
    const talk = await startTalk();
    await talk.customerSays('I live in Porto.');
    await talk.close();
    expect(await contentsOf(talk.profileId)).toEqual([]);
    expect(await summariesOf(talk.profileId)).toEqual([]);
  });

  it('updates what an earlier conversation said, and keeps the revision', async () => {
    const first = await startTalk();
    await first.customerSays('I live in Porto.');
    await first.close();
    const second = await startTalk();
    expect(second.profileId).toBe(first.profileId);
    await second.customerSays('I moved to Lisbon. I live in Lisbon now.');
    await second.close();
    const observations = await observationsOf(first.profileId);
    expect(observations).toMatchObject([
      {
        content: 'Customer lives in Lisbon now',
        conversationIds: [first.conversationId, second.conversationId],
      },
    ]);
    const revisions = await client.memory.v1
      .revisions(storeId, first.profileId, observations[0]?.id ?? '')
      .list();
    expect(revisions.map(({ content }) => content)).toEqual([
      'Customer lives in Lisbon now',
      'Customer lives in Porto',
    ]);
  });

  it('discards what the profile holds already', async () => {
    for (let visit = 0; visit < 2; visit += 1) {
      const talk = await startTalk();
      await talk.customerSays('My email is ines@example.com');
      await talk.close();
      expect(await contentsOf(talk.profileId)).toEqual(["Customer's email: ines@example.com"]);
    }
  });

  it('leaves no card number or password in the memories', async () => {
    const talk = await startTalk();
    await talk.customerSays(
      'My card is 4111 1111 1111 1111 and my password is Tr0ub4dor! I was charged twice.',
    );
    await talk.close();
    const written = JSON.stringify([await contentsOf(talk.profileId), await summariesOf(talk.profileId)]);
    expect(written).toContain('charged twice');
    expect(written).not.toMatch(/4111|Tr0ub4dor/);
  });

  it('is not remembered where it is sensitive, which is counted', async () => {
    const talk = await startTalk();
    await talk.customerSays('I live in Porto. I have diabetes. My PIN is 4821.');
    await talk.close();
    const written = JSON.stringify([await contentsOf(talk.profileId), await summariesOf(talk.profileId)]);
    expect(written).toContain('lives in Porto');
    expect(written).not.toMatch(/diabetes|4821/);
    const { body } = await server.request('GET', '/metrics');
    expect(body).toMatch(/rapport_extraction_left_out_total\{category="health"\} [12]\n/);
    expect(body).toContain('rapport_extraction_left_out_total{category="credentials"} 1\n');
  });

  it('is remembered where it is sensitive as far as a setting allows', async () => {
    await server.stop();
    await start({ RAPPORT_EXTRACTION_ALLOW: 'health, religion' });
    const talk = await startTalk();
    await talk.customerSays('I have diabetes. My PIN is 4821.');
    await talk.close();
    expect((await contentsOf(talk.profileId)).join('\n')).toMatch(/^(?!.*4821).*diabetes/s);
  });

  it('ends well when its memory store is gone', async () => {
    const talk = await startTalk();
    await talk.customerSays('I live in Porto.');
    await client.memory.v1.stores(storeId).remove();
    await talk.close();
    const { body } = await server.request('GET', `/v2/Conversations/${talk.conversationId}`);
    expect(body).toMatchObject({ status: 'CLOSED' });
  });
});
