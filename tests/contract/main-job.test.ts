import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import {
  createWorkspace,
  customerPhone,
  expectMainJob,
  say,
  startConversation,
} from '../support/main-job.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
});
afterAll(() => server.stop());

describe('a conversation comes in, memory comes out', () => {
  it('remembers a conversation that went quiet, and Recall finds what was said', () =>
    expectMainJob(server, client));

  it('shows a new conversation what an earlier one left, with its own communications beside it', async () => {
    const workspace = await createWorkspace(client, 'coming-back');
    const first = await startConversation(client, workspace);
    await say(client, first, 'customer', 'My daughter Nora is allergic to walnuts.');
    await client.conversations.v2.conversations(first).update({ status: 'CLOSED' } as never);
    await server.idle();

    const second = await startConversation(client, workspace);
    await say(client, second, 'customer', 'Does the cake have walnuts in it?');
    const { profiles = [] } = await client.memory.v1
      .lookup(workspace.storeId)
      .create({ idType: 'phone', value: customerPhone });
    const recalled = (await client.memory.v1
      .recall(workspace.storeId, profiles[0] ?? '')
      .create({ conversationId: second, communicationsLimit: 10 } as never)) as unknown as Recalled;

    expect(recalled.observations[0]?.content).toContain('walnuts');
    expect(recalled.observations[0]?.score).toBeGreaterThan(0);
    expect(recalled.communications).toMatchObject([
      {
        content: { text: 'Does the cake have walnuts in it?' },
        author: { address: customerPhone, channel: 'SMS', type: 'CUSTOMER', profileId: profiles[0] },
      },
    ]);
  });

  it('writes nothing to memory when the configuration does not ask for extraction', async () => {
    const workspace = await createWorkspace(client, 'no-extraction');
    await client.conversations.v2
      .configurations(workspace.configurationId)
      .patch({ memoryExtractionEnabled: false } as never);
    const conversationId = await startConversation(client, workspace);
    await say(client, conversationId, 'customer', 'My order number is ES-4712.');
    await client.conversations.v2.conversations(conversationId).update({ status: 'CLOSED' } as never);
    await server.idle();
    const { profiles = [] } = await client.memory.v1
      .lookup(workspace.storeId)
      .create({ idType: 'phone', value: customerPhone });
    expect(await client.memory.v1.observations(workspace.storeId, profiles[0] ?? '').list()).toEqual([]);
  });
});

interface Recalled {
  readonly observations: readonly { readonly content: string; readonly score?: number }[];
  readonly communications: readonly unknown[];
}
