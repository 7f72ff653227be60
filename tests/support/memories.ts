import { expect } from 'vitest';
import type { ChildServer } from './child-server.ts';

/** The customer of the conversation of `createWorld`. */
const customerNumber = '+12025550123';

/** The customer says this. */
export async function sayTo(server: ChildServer, conversationId: string, text: string): Promise<void> {
  const reply = await server.request('POST', `/v2/Conversations/${conversationId}/Communications`, {
    author: { channel: 'SMS', address: customerNumber },
    recipients: [{ channel: 'SMS', address: '+12025550100' }],
    content: { type: 'TEXT', text },
  });
  expect(reply.status).toBe(201);
}

/** All that is remembered of the customer. */
export async function memoriesOf(
  server: ChildServer,
  storeId: string,
): Promise<{ contents: string[]; summaries: string[] }> {
  const lookup = await server.request('POST', `/v1/Stores/${storeId}/Profiles/Lookup`, {
    idType: 'phone',
    value: customerNumber,
  });
  const [profileId] = (lookup.body as { profiles: string[] }).profiles;
  const list = async (resource: string) => {
    const { body } = await server.request('GET', `/v1/Stores/${storeId}/Profiles/${profileId}/${resource}`);
    return body as Record<string, { content: string }[]>;
  };
  const { observations = [] } = await list('Observations');
  const { summaries = [] } = await list('ConversationSummaries');
  return {
    contents: observations.map(({ content }) => content),
    summaries: summaries.map(({ content }) => content),
  };
}
