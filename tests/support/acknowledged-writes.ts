import { expect } from 'vitest';
import type { ChildServer } from './child-server.ts';

/** Ids that writes build on. They are made once, before the first fault. */
export interface World {
  readonly storeId: string;
  readonly profileId: string;
  readonly configurationId: string;
  readonly conversationId: string;
}

/** A kind of write that is done under fire. Each write has a label of its own, a word of letters and digits. */
export interface WriteKind {
  readonly name: string;
  /** Sends it; anything but success throws. Returns what is needed to find it again. */
  send(server: ChildServer, world: World, label: string): Promise<string>;
  /** Throws unless an acknowledged write is there in full. */
  verify(server: ChildServer, world: World, label: string, found: string): Promise<void>;
}

const customer = '+12025550123';
const agent = '+12025550100';
const sms = (address: string) => ({ channel: 'SMS', address });

export async function createWorld(server: ChildServer): Promise<World> {
  const storeId = await store.send(server, undefined as never, 'world');
  const found = await profile.send(server, { storeId } as World, 'world');
  const configuration = await succeed(server, 'POST', '/v2/ControlPlane/Configurations', {
    displayName: 'world',
    description: '',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: storeId,
    memoryExtractionEnabled: true,
    channelSettings: { SMS: { statusTimeouts: { inactive: 10, closed: 60 } } },
  });
  const { configurationId } = (configuration as { related: { configurationId: string } }).related;
  const made = await succeed(server, 'POST', '/v2/Conversations', {
    configurationId,
    participants: participants(sms(customer)),
  });
  return { storeId, profileId: found, configurationId, conversationId: (made as { id: string }).id };
}

const store: WriteKind = {
  name: 'memory store',
  async send(server, _world, label) {
    const accepted = await succeed(server, 'POST', '/v1/ControlPlane/Stores', { displayName: label });
    const path = new URL((accepted as { statusUrl: string }).statusUrl).pathname;
    const operation = await succeed(server, 'GET', path);
    return (operation as { result: { id: string } }).result.id;
  },
  async verify(server, _world, label, id) {
    expect(await succeed(server, 'GET', `/v1/ControlPlane/Stores/${id}`)).toMatchObject({
      displayName: label,
      status: 'ACTIVE',
    });
  },
};

const profile: WriteKind = {
  name: 'profile',
  async send(server, { storeId }, label) {
    const traits = { Contact: { firstName: label, email: `${label}@example.com` } };
    const made = await succeed(server, 'POST', `/v1/Stores/${storeId}/Profiles`, { traits });
    return (made as { id: string }).id;
  },
  async verify(server, { storeId }, label, id) {
    const contact = { Contact: { firstName: label, email: `${label}@example.com` } };
    expect(await succeed(server, 'GET', `/v1/Stores/${storeId}/Profiles/${id}`)).toMatchObject({
      traits: contact,
    });
    const lookup = { idType: 'email', value: `${label}@example.com` };
    expect(await succeed(server, 'POST', `/v1/Stores/${storeId}/Profiles/Lookup`, lookup)).toMatchObject({
      profiles: [id],
    });
  },
};

export const observationsPerBatch = 3;

const observations: WriteKind = {
  name: 'batch of observations',
  async send(server, { storeId, profileId }, label) {
    const batch = Array.from({ length: observationsPerBatch }, (_, index) => ({
      content: `Observation ${label} number ${index}`,
      source: 'faults',
      occurredAt: '2026-01-01T00:00:00Z',
    }));
    await succeed(server, 'POST', `/v1/Stores/${storeId}/Profiles/${profileId}/Observations`, {
      observations: batch,
    });
    return '';
  },
  async verify(server, { storeId, profileId }, label) {
    const path = `/v1/Stores/${storeId}/Profiles/${profileId}/Recall`;
    const recalled = await succeed(server, 'POST', path, {
      query: label,
      observationsLimit: 10,
      relevanceThreshold: 0.01,
    });
    const contents = (recalled as { observations: { content: string }[] }).observations.map(
      ({ content }) => content,
    );
    const ours = contents.filter((content) => content.includes(label)).sort();
    expect(ours).toEqual([0, 1, 2].map((index) => `Observation ${label} number ${index}`));
  },
};

const conversation: WriteKind = {
  name: 'conversation',
  async send(server, { configurationId }, label) {
    const made = await succeed(server, 'POST', '/v2/Conversations', {
      configurationId,
      name: label,
      participants: participants({ channel: 'CHAT', address: label }),
    });
    return (made as { id: string }).id;
  },
  async verify(server, _world, label, id) {
    expect(await succeed(server, 'GET', `/v2/Conversations/${id}`)).toMatchObject({
      name: label,
      status: 'ACTIVE',
    });
    const list = await succeed(server, 'GET', `/v2/Conversations/${id}/Participants`);
    expect((list as { participants: unknown[] }).participants).toHaveLength(2);
  },
};

const communication: WriteKind = {
  name: 'communication',
  async send(server, { conversationId }, label) {
    const made = await succeed(server, 'POST', `/v2/Conversations/${conversationId}/Communications`, {
      author: sms(customer),
      recipients: [sms(agent)],
      content: { type: 'TEXT', text: `Message ${label}` },
    });
    return (made as { id: string }).id;
  },
  async verify(server, { conversationId }, label, id) {
    expect(
      await succeed(server, 'GET', `/v2/Conversations/${conversationId}/Communications/${id}`),
    ).toMatchObject({
      author: { address: customer },
      content: { text: `Message ${label}` },
    });
  },
};

/** Every kind of write that is tried under fire; a new one needs no more than a place here. */
export const writeKinds: readonly WriteKind[] = [store, profile, observations, conversation, communication];

function participants(address: { channel: string; address: string }) {
  return [
    { type: 'CUSTOMER', addresses: [address] },
    { type: 'AI_AGENT', addresses: [{ ...address, address: agent }] },
  ];
}

async function succeed(server: ChildServer, method: string, path: string, body?: unknown): Promise<unknown> {
  const reply = await server.request(method, path, body);
  if (reply.status >= 300)
    throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
  return reply.body;
}
