import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer, testAccount } from '../../src/testing/index.ts';
import { type CallbackReceiver, startCallbackReceiver } from '../support/callback-receiver.ts';
import { enginesOfServers } from '../support/engines.ts';
import { openEventStream } from '../support/event-stream.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type LoggedQuery, logQueries, type QueryLog } from '../support/query-log.ts';
import { fillTables, findScans, type Scan } from '../support/query-plans.ts';

const phone = '+12025550123';
const ours = '+12025550100';

/** Steps that may go through a whole index, and why that does no harm. */
const harmless: readonly { readonly step: RegExp; readonly why: string }[] = [
  {
    step: /^(SCAN jobs USING COVERING INDEX|Index Only Scan jobs) jobs_leased\b/,
    why: 'it ends at the first row, and the index holds only the jobs that run at the moment',
  },
  { step: / identity_settings .*store_id\b/, why: 'a store has one row of them' },
  {
    step: / trait_groups .*store_id\b/,
    why: 'all groups of a store are wanted, and they are settings, not data',
  },
];

/** A store, a profile and a conversation that goes on, as the hot paths find them. */
interface Scene {
  readonly server: TestServer;
  readonly storeId: string;
  readonly profile: string;
  readonly conversation: string;
}

/** Something that a server does all the time. */
interface HotPath {
  /** Tables that it certainly asks for something. */
  readonly tables: readonly string[];
  run(scene: Scene): Promise<unknown>;
}

const hotPaths: Readonly<Record<string, HotPath>> = {
  'GET profile': {
    tables: ['profiles', 'profile_traits'],
    run: ({ server, profile }) => expectOk(server, 'GET', profile),
  },
  lookup: {
    tables: ['profile_identifiers'],
    run: ({ server, storeId }) =>
      expectOk(server, 'POST', `/v1/Stores/${storeId}/Profiles/Lookup`, { idType: 'phone', value: phone }),
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

async function expectOk(server: TestServer, method: string, path: string, body?: unknown): Promise<unknown> {
  const reply = await server.request(method, path, body);
  if (reply.status >= 300)
    throw new Error(`${method} ${path} answered ${reply.status}: ${JSON.stringify(reply.body)}`);
  return reply.body;
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

async function setScene(server: TestServer, receiver: CallbackReceiver): Promise<Scene> {
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

describe.each(enginesOfServers)('the queries of hot paths on $engine', ({ engine, skip }) => {
  let postgres: PostgresServer | undefined;
  let receiver: CallbackReceiver;
  let log: QueryLog;
  const queries = new Map<string, LoggedQuery[]>();
  const scans = new Map<string, Scan[]>();

  beforeAll(async () => {
    if (skip) return;
    if (engine === 'PostgreSQL') postgres = await startPostgres();
    receiver = await startCallbackReceiver();
    const server = await startTestServer({
      env: postgres ? { DATABASE_URL: await postgres.createDatabase() } : {},
    });
    const scene = await setScene(server, receiver);
    log = logQueries();
    for (const [name, path] of Object.entries(hotPaths)) {
      queries.set(name, await log.during(() => path.run(scene)));
    }
    log.stop();
    await fillTables(server.context.db);
    for (const [name, made] of queries) scans.set(name, await findScans(server.context.db, made));
    const bare = ['content', 'created_at'].map((column) => ({
      text: `select id from observations where account_id = ${postgres ? '$1' : '?'} order by ${column}`,
      values: [testAccount.sid],
    }));
    scans.set('bare', await findScans(server.context.db, bare));
    await server.stop();
  });
  afterAll(async () => {
    await Promise.all([postgres?.stop(), receiver?.stop()]);
  });

  it.skipIf(skip).each(Object.entries(hotPaths))(
    '%s: all find their rows by an index',
    (name, { tables }) => {
      const texts = queries.get(name)?.map(({ text }) => text) ?? [];
      for (const table of tables) expect(texts).toContainEqual(expect.stringContaining(`"${table}"`));
      const harmful = scans.get(name)?.filter((scan) => !harmless.some(({ step }) => step.test(scan.step)));
      expect(harmful).toEqual([]);
    },
  );

  it.skipIf(skip)('and one that does not would be seen', () => {
    expect(scans.get('bare')).toHaveLength(2);
  });
});
