import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import {
  createConfiguration,
  createConversation,
  finishedId,
  refusals,
  uniqueName,
} from '../support/conversations.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { createOtherAccountClient } from '../support/second-account.ts';

let server: TestServer;
let client: SdkClient;
let memoryStoreId: string;

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk());
  memoryStoreId = await createStore(client, uniqueName());
});
afterAll(() => server.stop());

const configurations = () => client.conversations.v2.configurations;
const byAddress = 'GROUP_BY_PARTICIPANT_ADDRESSES';
const unknownId = 'conv_configuration_01k1etk2y5f1y9fpe2epfdtvv2';

describe('creating a configuration', () => {
  it('answers 202 with an operation that names the configuration and is complete at the first poll', async () => {
    const accepted = await configurations().createWithHttpInfo({
      displayName: uniqueName(),
      description: 'phone line',
      conversationGroupingType: 'GROUP_BY_PROFILE',
      memoryStoreId,
    });
    expect(accepted.statusCode).toBe(202);
    const id = await finishedId(client, accepted.body.statusUrl, 'configurationId');
    expect(id).toMatch(/^conv_configuration_[0-7][0-9a-z]{25}$/);
    expect(await configurations()(id).fetch()).toMatchObject({
      id,
      description: 'phone line',
      conversationGroupingType: 'GROUP_BY_PROFILE',
      memoryStoreId,
      memoryExtractionEnabled: false,
      version: 1,
    });
  });

  it('keeps every setting it was given', async () => {
    const settings = {
      channelSettings: {
        SMS: {
          statusTimeouts: { inactive: 10, closed: 60 },
          captureRules: [{ from: '*', to: '+12025550100', metadata: {} }],
        },
        VOICE: { captureRules: [{ from: '*', to: '*', metadata: { callType: 'PSTN' } }] },
        WHATSAPP: { statusTimeouts: { closed: 15 }, captureRules: [] },
      },
      statusCallbacks: [
        { url: 'https://example.com/hook' },
        { url: 'http://localhost:1234/a', method: 'GET' },
      ],
      intelligenceConfigurationIds: ['intelligence_configuration_01k1etk2y5f1y9fpe2epfdtvv2'],
      memoryExtractionEnabled: true,
      conversationsV1Bridge: { serviceId: 'IS00000000000000000000000000000001' },
    };
    const id = await createConfiguration(client, { memoryStoreId, ...settings });
    expect(await configurations()(id).fetch()).toMatchObject({
      ...settings,
      statusCallbacks: [
        { url: 'https://example.com/hook', method: 'POST' },
        { url: 'http://localhost:1234/a', method: 'GET' },
      ],
    });
  });

  it('refuses a display name that is taken with 409 and names the other configuration', async () => {
    const displayName = uniqueName();
    const id = await createConfiguration(client, { memoryStoreId, displayName });
    const second = configurations().create({
      displayName,
      description: '',
      conversationGroupingType: byAddress,
      memoryStoreId,
    });
    await expect(second).rejects.toMatchObject({ status: 409, code: 20409 });
    const reply = await server.request('POST', '/v2/ControlPlane/Configurations', {
      displayName,
      conversationGroupingType: byAddress,
      memoryStoreId,
    });
    expect(reply.headers.get('X-Conflicting-Resource-Id')).toBe(id);
  });

  it('lets one configuration alone claim a bridge service', async () => {
    const conversationsV1Bridge = { serviceId: 'IS00000000000000000000000000000002' };
    const id = await createConfiguration(client, { memoryStoreId, conversationsV1Bridge });
    await expect(createConfiguration(client, { memoryStoreId, conversationsV1Bridge })).rejects.toMatchObject(
      {
        status: 409,
      },
    );
    await configurations()(id).remove();
    await createConfiguration(client, { memoryStoreId, conversationsV1Bridge });
  });

  it('refuses a memory store that the account does not have, naming the member', async () => {
    const draft = { memoryStoreId: 'mem_store_01k1etk2y5f1y9fpe2epfdtvv2' };
    await expect(createConfiguration(client, draft)).rejects.toMatchObject({
      status: 400,
      code: 20001,
      message: expect.stringMatching(/^memoryStoreId: /),
    });
  });

  it('replays the first answer for a repeated Idempotency-Key, and refuses the key on another request', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const draft = {
      displayName: uniqueName(),
      description: '',
      conversationGroupingType: byAddress,
      memoryStoreId,
    };
    const first = await configurations().create(draft, { ...headers });
    const again = await configurations().create(draft, { ...headers });
    expect(again.statusUrl).toBe(first.statusUrl);
    await expect(
      configurations().create({ ...draft, description: 'x' }, { ...headers }),
    ).rejects.toMatchObject({ status: 409 });
  });
});

describe('replacing a configuration', () => {
  it('drops what is left out, keeps the display name and raises the version', async () => {
    const displayName = uniqueName();
    const id = await createConfiguration(client, {
      memoryStoreId,
      displayName,
      memoryExtractionEnabled: true,
      statusCallbacks: [{ url: 'https://example.com/hook' }],
    });
    await configurations()(id).update({
      description: 'new',
      conversationGroupingType: byAddress,
      memoryStoreId,
      channelSettings: { CHAT: { captureRules: [] } },
    });
    expect(await configurations()(id).fetch()).toMatchObject({
      displayName,
      description: 'new',
      conversationGroupingType: byAddress,
      channelSettings: { CHAT: { captureRules: [] } },
      statusCallbacks: [],
      memoryExtractionEnabled: false,
      version: 2,
    });
  });

  it('takes back what a fetch answered', async () => {
    const id = await createConfiguration(client, {
      memoryStoreId,
      channelSettings: { SMS: { statusTimeouts: { inactive: 1, closed: 2 } } },
      intelligenceConfigurationIds: ['intelligence_configuration_01k1etk2y5f1y9fpe2epfdtvv2'],
    });
    const path = `/v2/ControlPlane/Configurations/${id}`;
    const { body } = await server.request('GET', path);
    expect((await server.request('PUT', path, body)).status).toBe(202);
    const { body: after } = await server.request('GET', path);
    expect(after).toMatchObject({ ...(body as object), version: 2, updatedAt: expect.any(String) });
  });

  it('names all the members that are missing', async () => {
    const id = await createConfiguration(client, { memoryStoreId });
    const reply = await server.request('PUT', `/v2/ControlPlane/Configurations/${id}`, {
      channelSettings: {},
    });
    expect(reply).toMatchObject({
      status: 400,
      body: {
        code: 20001,
        message:
          'conversationGroupingType: must not be null; description: must not be null; memoryStoreId: must not be null',
      },
    });
  });
});

describe('patching a configuration', () => {
  it('merges channel by channel: a value replaces, null removes, the rest stays', async () => {
    const id = await createConfiguration(client, {
      memoryStoreId,
      channelSettings: {
        SMS: { statusTimeouts: { inactive: 10, closed: 20 }, captureRules: [{ from: '*', to: '*' }] },
        RCS: { statusTimeouts: { closed: 20 } },
        VOICE: { statusTimeouts: { closed: 5 } },
      },
    });
    await server.request('PATCH', `/v2/ControlPlane/Configurations/${id}`, {
      channelSettings: { RCS: null, SMS: { statusTimeouts: { inactive: 5, closed: 30 } } },
    });
    const { channelSettings, version } = await configurations()(id).fetch();
    expect(channelSettings).toEqual({
      SMS: { statusTimeouts: { inactive: 5, closed: 30 }, captureRules: [] },
      VOICE: { statusTimeouts: { closed: 5 }, captureRules: [] },
    });
    expect(version).toBe(2);
  });

  it('clears with null, but for what a configuration cannot be without', async () => {
    const id = await createConfiguration(client, {
      memoryStoreId,
      memoryExtractionEnabled: true,
      conversationsV1Bridge: { serviceId: 'IS00000000000000000000000000000003' },
    });
    await configurations()(id).patch({
      description: null,
      memoryExtractionEnabled: null,
      statusCallbacks: null,
    });
    expect(await configurations()(id).fetch()).toMatchObject({
      description: '',
      memoryExtractionEnabled: false,
      conversationsV1Bridge: { serviceId: 'IS00000000000000000000000000000003' },
    });
    for (const member of ['displayName', 'memoryStoreId']) {
      const path = `/v2/ControlPlane/Configurations/${id}`;
      const reply = await server.request('PATCH', path, { [member]: null });
      expect(reply).toMatchObject({ status: 400, body: { code: 20001 } });
      expect((reply.body as { message: string }).message).toContain(`${member}: `);
    }
  });

  it('changes nothing when it says nothing', async () => {
    const id = await createConfiguration(client, { memoryStoreId });
    await configurations()(id).patch({});
    expect((await configurations()(id).fetch()).version).toBe(1);
  });

  it('leaves a live conversation as it was created', async () => {
    const id = await createConfiguration(client, { memoryStoreId, description: 'before' });
    const { id: conversationId } = await createConversation(client, id);
    await configurations()(id).patch({ description: 'after' });
    const conversation = await client.conversations.v2.conversations(conversationId).fetch();
    expect(conversation.configuration).toMatchObject({ description: 'before' });
  });
});

describe('deleting a configuration', () => {
  it('makes it a 404 and leaves its conversations', async () => {
    const id = await createConfiguration(client, { memoryStoreId });
    const { id: conversationId } = await createConversation(client, id);
    const accepted = await configurations()(id).remove({ idempotencyKey: randomUUID() });
    expect(await finishedId(client, accepted.statusUrl, 'configurationId')).toBe(id);
    await expect(configurations()(id).fetch()).rejects.toMatchObject({ status: 404, code: 20404 });
    const conversation = await client.conversations.v2.conversations(conversationId).fetch();
    expect(conversation).toMatchObject({ configurationId: id, status: 'ACTIVE' });
  });
});

describe('listing configurations', () => {
  it('keeps those of a memory store, newest first, over as many pages as it takes', async () => {
    const ownStoreId = await createStore(client, uniqueName());
    const ids: string[] = [];
    for (let at = 0; at < 5; at += 1) {
      ids.unshift(await createConfiguration(client, { memoryStoreId: ownStoreId }));
    }
    const listed = await configurations().list({ memoryStoreId: ownStoreId, pageSize: 2 });
    expect(listed.map(({ id }) => id)).toEqual(ids);
    expect(listed[0]).toMatchObject({ memoryStoreId: ownStoreId, version: 1 });
  });

  it('counts the items of the page in meta and clamps the page size', async () => {
    const ownStoreId = await createStore(client, uniqueName());
    await createConfiguration(client, { memoryStoreId: ownStoreId });
    const path = `/v2/ControlPlane/Configurations?MemoryStoreId=${ownStoreId}&PageSize=5000`;
    const reply = await server.request('GET', path);
    expect(reply).toMatchObject({ status: 200, body: { meta: { key: 'configurations', pageSize: 1 } } });
  });
});

describe('configurations of another account', () => {
  it('are unknown, and their names and stores are apart', async () => {
    const other = await createOtherAccountClient(server);
    const displayName = uniqueName();
    const id = await createConfiguration(client, { memoryStoreId, displayName });
    const theirs = other.conversations.v2.configurations;
    const attempts = [theirs(id).fetch(), theirs(id).patch({ description: 'x' }), theirs(id).remove()];
    for (const refusal of await refusals(attempts))
      expect(refusal).toMatchObject({ status: 404, code: 20404 });
    await expect(createConfiguration(other, { memoryStoreId })).rejects.toMatchObject({ status: 400 });
    await createConfiguration(other, { displayName });
    expect(await theirs.list({ memoryStoreId })).toEqual([]);
    expect((await configurations()(id).fetch()).version).toBe(1);
  });
});

describe('an unknown configuration', () => {
  it.each([unknownId, 'nonsense'])('is a 404 for %s', async (id) => {
    const attempts = [
      configurations()(id).fetch(),
      configurations()(id).remove(),
      configurations()(id).patch({ description: 'x' }),
    ];
    for (const refusal of await refusals(attempts))
      expect(refusal).toMatchObject({ status: 404, code: 20404 });
  });
});
