import type { TestServer } from '../../src/testing/index.ts';
import type { CallbackReceiver } from './callback-receiver.ts';
import { openEventStream } from './event-stream.ts';

const phone = '+12025550123';
const ours = '+12025550100';

/** A store, a profile and a conversation that goes on, as the hot paths find them. */
export interface Scene {
  readonly server: TestServer;
  readonly storeId: string;
  readonly profile: string;
  readonly conversation: string;
}

/** Something that a server does all the time. */
export interface HotPath {
  /** Tables that it certainly asks for something. */
  readonly tables: readonly string[];
  run(scene: Scene): Promise<unknown>;
}

export const hotPaths: Readonly<Record<string, HotPath>> = {
  'GET profile': {
    tables: ['profiles', 'profile_traits'],
    run: ({ server, profile }) => expectOk(server, 'GET', profile),
  },
  lookup: {
    tables: ['profile_identifiers'],
    run: ({ server, storeId }) =>
      expectOk(server, 'POST', `/v1/Stores/${storeId}/Profiles/Lookup`, { idType: 'phone', value: phone }),
  },
  'POST profile with identifiers': {
    tables: ['profiles', 'profile_identifiers', 'profile_traits'],
    run: ({ server, storeId }) =>
      expectOk(server, 'POST', `/v1/Stores/${storeId}/Profiles`, {
        traits: { Contact: { phone: '+12025550177', email: 'robin@example.com' } },
      }),
  },
  'list profiles, the first page and the one after': {
    tables: ['profiles'],
    run: ({ server, storeId }) => expectTwoPages(server, `/v1/Stores/${storeId}/Profiles?pageSize=1`),
  },
  'GET conversation': {
    tables: ['conversations'],
    run: ({ server, conversation }) => expectOk(server, 'GET', conversation),
  },
  'list communications': {
    tables: ['communications'],
    run: ({ server, conversation }) => expectOk(server, 'GET', `${conversation}/Communications`),
  },
  'POST communication, its timers and its callback': {
    tables: ['communications', 'events', 'jobs', 'callback_deliveries'],
    async run(scene) {
      await say(scene, 'One more thing.');
      await scene.server.idle();
    },
  },
  'POST observation': {
    tables: ['observations', 'memory_versions'],
    run: ({ server, profile }) => observe(server, profile, 'drinks tea'),
  },
  'list, PATCH and DELETE observations': {
    tables: ['observations', 'observation_revisions', 'memory_versions'],
    async run({ server, profile }) {
      const path = `${profile}/Observations`;
      // Its list, as the contract has it.
      const { observations } = (await expectOk(server, 'GET', path)) as { observations: { id: string }[] };
      const one = `${path}/${observations[0]?.id}`;
      await expectOk(server, 'PATCH', one, { content: 'drinks green tea' });
      await expectOk(server, 'GET', `${one}/Revisions`);
      await expectOk(server, 'DELETE', one);
    },
  },
  'list observations, the first page and the one after': {
    tables: ['observations'],
    async run({ server, profile }) {
      for (const drink of ['coffee', 'water']) await observe(server, profile, `drinks ${drink}`);
      await expectTwoPages(server, `${profile}/Observations?pageSize=1`);
    },
  },
  'list observations of a conversation': {
    tables: ['observations'],
    run: ({ server, profile, conversation }) =>
      expectOk(
        server,
        'GET',
        `${profile}/Observations?conversationId=${conversation.split('/').at(-1)}&source=test`,
      ),
  },
  'Recall of a profile that is not in memory': {
    tables: ['memory_versions', 'observations', 'conversation_summaries'],
    run: ({ server, profile }) => recall(server, profile),
  },
  'Recall of a profile that is': {
    tables: ['memory_versions'],
    run: ({ server, profile }) => recall(server, profile),
  },
  'bulk upsert': {
    tables: ['profiles', 'profile_identifiers', 'profile_traits'],
    run: ({ server, storeId }) =>
      expectOk(server, 'PUT', `/v1/Stores/${storeId}/Profiles/Bulk`, {
        profiles: [{ traits: { Contact: { phone } } }, { traits: { Contact: { email: 'kim@example.com' } } }],
      }),
  },
  'the event stream': {
    tables: ['events'],
    async run(scene) {
      const stream = await openEventStream(scene.server.url);
      const headers = { 'Last-Event-ID': stream.lastEventId };
      await say(scene, 'And another one.');
      await stream.take(1);
      const resumed = await openEventStream(scene.server.url, { headers });
      await resumed.take(1);
      await Promise.all([stream.close(), resumed.close()]);
    },
  },
  'the look for jobs, timers that fire, and extraction': {
    tables: ['jobs', 'conversations', 'observations'],
    run: ({ server }) => server.advance(60 * 60),
  },
};

/** The body of an answer that is no error. */
export async function expectOk(
  server: TestServer,
  method: string,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const reply = await server.request(method, path, body);
  if (reply.status >= 300)
    throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

async function expectTwoPages(server: TestServer, list: string): Promise<void> {
  const { meta } = (await expectOk(server, 'GET', list)) as { meta: { nextToken: string } };
  await expectOk(server, 'GET', `${list}&pageToken=${meta.nextToken}`);
}

const observe = (server: TestServer, profile: string, content: string) =>
  expectOk(server, 'POST', `${profile}/Observations`, {
    observations: [{ content, source: 'test', occurredAt: '2026-01-01T00:00:00Z' }],
  });

const recall = (server: TestServer, profile: string) =>
  expectOk(server, 'POST', `${profile}/Recall`, { query: 'what to drink' });

const say = ({ server, conversation }: Scene, text: string) =>
  expectOk(server, 'POST', `${conversation}/Communications`, {
    author: { address: phone, channel: 'SMS' },
    recipients: [{ address: ours, channel: 'SMS' }],
    content: { type: 'TEXT', text },
  });

/** Makes what the hot paths need. */
export async function setScene(server: TestServer, receiver: CallbackReceiver): Promise<Scene> {
  const store = await expectOk(server, 'POST', '/v1/ControlPlane/Stores', { displayName: 'plans' });
  const { statusUrl } = store as { statusUrl: string };
  const operation = await expectOk(server, 'GET', new URL(statusUrl).pathname);
  const storeId = (operation as { result: { id: string } }).result.id;
  const traits = { Contact: { phone, email: 'dana@example.com' } };
  const { id } = (await expectOk(server, 'POST', `/v1/Stores/${storeId}/Profiles`, { traits })) as {
    id: string;
  };
  const configured = await expectOk(server, 'POST', '/v2/ControlPlane/Configurations', {
    displayName: 'plans',
    description: 'for a test',
    conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
    memoryStoreId: storeId,
    memoryExtractionEnabled: true,
    statusCallbacks: [{ url: receiver.url() }],
    channelSettings: { SMS: { statusTimeouts: { inactive: 10, closed: 60 } } },
  });
  const { configurationId } = (configured as { related: { configurationId: string } }).related;
  const conversation = (await expectOk(server, 'POST', '/v2/Conversations', {
    configurationId,
    participants: [
      { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: phone }] },
      { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: ours }] },
    ],
  })) as { id: string };
  await server.idle();
  const profile = `/v1/Stores/${storeId}/Profiles/${id}`;
  return { server, storeId, profile, conversation: `/v2/Conversations/${conversation.id}` };
}
