import { expect } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createStore, type SdkClient } from './sdk.ts';

/** A memory store and a configuration that extracts into it, made through the SDK. */
export interface Workspace {
  readonly storeId: string;
  readonly configurationId: string;
}

export const customerPhone = '+12025550123';
export const agentPhone = '+12025550100';

/** INACTIVE after 10 minutes without a message, CLOSED after 60. */
export async function createWorkspace(client: SdkClient, name = 'main-job'): Promise<Workspace> {
  const storeId = await createStore(client, name);
  const accepted = await client.conversations.v2.configurations.create({
    displayName: name,
    description: 'Support line',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: storeId,
    memoryExtractionEnabled: true,
    channelSettings: { SMS: { statusTimeouts: { inactive: 10, closed: 60 } } },
    // The SDK's types ask for class instances; it sends plain objects just as well.
  } as never);
  const { configurationId } = (accepted as unknown as { related: { configurationId: string } }).related;
  return { storeId, configurationId };
}

/** Starts a conversation between the customer and an agent over SMS and answers its id. */
export async function startConversation(
  client: SdkClient,
  { configurationId }: Workspace,
  phone = customerPhone,
): Promise<string> {
  const conversation = await client.conversations.v2.conversations.create({
    configurationId,
    participants: [
      { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: phone }] },
      { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: agentPhone }] },
    ],
  } as never);
  return conversation.id ?? '';
}

/** Records one message from the customer or the agent. */
export async function say(
  client: SdkClient,
  conversationId: string,
  from: 'customer' | 'agent',
  text: string,
  phone = customerPhone,
): Promise<void> {
  const [author, recipient] = from === 'customer' ? [phone, agentPhone] : [agentPhone, phone];
  await client.conversations.v2.communications(conversationId).create({
    author: { address: author, channel: 'SMS' },
    recipients: [{ address: recipient, channel: 'SMS' }],
    content: { type: 'TEXT', text },
  } as never);
}

/** The main job, from the first message to Recall, on any server. */
export async function expectMainJob(server: TestServer, client: SdkClient): Promise<void> {
  const workspace = await createWorkspace(client);
  const conversationId = await startConversation(client, workspace);
  await say(client, conversationId, 'customer', 'My espresso machine leaks, the order number is ES-4711.');
  await say(client, conversationId, 'agent', 'I am sorry. Where should the replacement go?');
  await say(client, conversationId, 'customer', 'Please ship it to 5 Garden Road in Springfield.');

  await server.advance(60 * 60);

  const conversation = await client.conversations.v2.conversations(conversationId).fetch();
  expect(conversation.status).toBe('CLOSED');
  const { profiles = [] } = await client.memory.v1
    .lookup(workspace.storeId)
    .create({ idType: 'phone', value: customerPhone });
  expect(profiles).toHaveLength(1);
  const profileId = profiles[0] ?? '';
  const summaries = await client.memory.v1.conversationSummaries(workspace.storeId, profileId).list();
  expect(summaries.map((summary) => summary.conversationId)).toEqual([conversationId]);
  const recalled = await client.memory.v1
    .recall(workspace.storeId, profileId)
    .create({ query: 'Which order leaks?' } as never);
  const [best] = (recalled as unknown as { observations: { content: string; conversationIds: string[] }[] })
    .observations;
  expect(best?.content).toContain('ES-4711');
  expect(best?.conversationIds).toEqual([conversationId]);
}
