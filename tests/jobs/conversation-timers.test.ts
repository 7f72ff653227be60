import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createConfiguration, createConversation, say, statusOf } from '../support/conversations.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
});
afterAll(() => server.stop());

const minute = 60;

describe('the timer of a conversation', () => {
  it('that was given up is set anew by the next communication', async () => {
    const configurationId = await createConfiguration(client, {
      // As the API takes it; the SDK's type has a class for each channel.
      channelSettings: { SMS: { statusTimeouts: { inactive: 10, closed: 30 } } } as {
        [channel: string]: object;
      },
    });
    const { id } = await createConversation(client, configurationId);
    await say(client, id);
    await giveUpTimer(id);
    await server.advance(15 * minute);
    expect(await statusOf(client, id)).toBe('ACTIVE');

    await say(client, id);
    await server.advance(10 * minute - 1);
    expect(await statusOf(client, id)).toBe('ACTIVE');
    await server.advance(1);
    expect(await statusOf(client, id)).toBe('INACTIVE');
  });
});

/** As after the last of its attempts failed. */
async function giveUpTimer(conversationId: string): Promise<void> {
  const { numUpdatedRows } = await server.context.db.transaction((tx) =>
    tx
      .updateTable('jobs')
      .set({ state: 'dead' })
      .where('dedupe_key', '=', `conversation-timer:${conversationId}`)
      .executeTakeFirst(),
  );
  expect(numUpdatedRows).toBe(1n);
}
