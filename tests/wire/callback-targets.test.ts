import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { type CallbackReceiver, startCallbackReceiver } from '../support/callback-receiver.ts';
import { createConfiguration, createConversation, uniqueName } from '../support/conversations.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let receiver: CallbackReceiver;
let memoryStoreId: string;
beforeAll(async () => {
  receiver = await startCallbackReceiver();
  ({ server, client } = await startServerWithSdk({ env: { RAPPORT_ALLOW_PRIVATE_CALLBACKS: 'false' } }));
  memoryStoreId = await createStore(client, 'guarded');
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

const refused = [
  'http://example.com/hook',
  'https://localhost/hook',
  'https://printer.local/hook',
  'https://127.0.0.1/hook',
  'https://127.1/hook',
  'https://0x7f000001/hook',
  'https://10.1.2.3/hook',
  'https://169.254.169.254/latest/meta-data',
  'https://[::1]/hook',
  'https://[::ffff:10.0.0.1]/hook',
  'https://user@192.168.0.1:8443/hook',
  'https://example.com:99999/hook',
];

/** A body that is fine but for its second callback. */
function configurationWith(url: string) {
  return {
    displayName: uniqueName(),
    description: '',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES',
    memoryStoreId,
    channelSettings: {},
    statusCallbacks: [{ url: 'https://example.com/hook' }, { url }],
  };
}

describe('where private callbacks are not allowed, a target that is not HTTPS on a public host', () => {
  it.each(refused)('is refused when a configuration is written: %s', async (url) => {
    const path = '/v2/ControlPlane/Configurations';
    const id = await createConfiguration(client, { memoryStoreId });
    const replies = [
      await server.request('POST', path, configurationWith(url)),
      await server.request('PUT', `${path}/${id}`, configurationWith(url)),
      await server.request('PATCH', `${path}/${id}`, {
        statusCallbacks: configurationWith(url).statusCallbacks,
      }),
    ];
    for (const { status, body } of replies) {
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { code: 20001, message: expect.stringMatching(/^statusCallbacks\.1\.url: must be /) },
      });
    }
  });

  it.each(refused)('is refused when a conversation is patched: %s', async (url) => {
    const { id } = await createConversation(client, await createConfiguration(client, { memoryStoreId }), []);
    const reply = await server.request('PATCH', `/v2/Conversations/${id}`, {
      configuration: { statusCallbacks: [{ url }] },
    });
    expect(reply).toMatchObject({
      status: 400,
      body: { message: expect.stringMatching(/^configuration\.statusCallbacks\.0\.url: must be /) },
    });
  });

  it('is not called either when it was written before that: its callbacks are dead letters at once', async () => {
    const { id } = await createConversation(client, await createConfiguration(client, { memoryStoreId }), []);
    await server.context.db.transaction(async (tx) => {
      const { configuration_json } = await tx
        .selectFrom('conversations')
        .select('configuration_json')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const statusCallbacks = [
        { url: receiver.url(), method: 'POST' },
        { url: receiver.url().replace('http:', 'https:'), method: 'POST' },
      ];
      await tx
        .updateTable('conversations')
        .set({ configuration_json: JSON.stringify({ ...JSON.parse(configuration_json), statusCallbacks }) })
        .where('id', '=', id)
        .execute();
    });
    await client.conversations.v2.conversations(id).patch({ name: 'renamed' });
    await server.idle();
    const deliveries = await server.context.db.reader
      .selectFrom('callback_deliveries')
      .select(['state', 'attempts', 'last_error'])
      .where('conversation_id', '=', id)
      .execute();
    const dead = { state: 'dead', attempts: 1, last_error: 'refused: not HTTPS on a public host' };
    expect(deliveries).toEqual([dead, dead]);
    expect(receiver.received).toEqual([]);
  });
});

describe('where private callbacks are not allowed, a target on a public host', () => {
  it.each([
    'https://example.com/hook',
    'https://1.1.1.1:8443/',
    'https://[2606:4700::1111]/hook?a=b',
  ])('is accepted: %s', async (url) => {
    const { status } = await server.request(
      'POST',
      '/v2/ControlPlane/Configurations',
      configurationWith(url),
    );
    expect(status).toBe(202);
  });
});
