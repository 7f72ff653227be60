import { vi } from 'vitest';
import { startTestServer, type TestReply, type TestServer } from '../../../src/testing/index.ts';
import type { TestDatabases } from '../databases.ts';
import {
  type Channel,
  type Configuration,
  deskNumber,
  type Model,
  type Party,
  type Status,
} from './conversation-model.ts';

type Location = Awaited<ReturnType<TestDatabases['location']>>;

/** A server whose time the test sets, and that can be started again on what it left. */
export interface RestartableServer {
  readonly current: () => TestServer;
  /** Stops it, and starts it again after `ms`. */
  restart(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startRestartableServer(database: Location): Promise<RestartableServer> {
  vi.useFakeTimers({ toFake: ['Date'] });
  // Stories last for years, and the removal of events is no part of them.
  const env = { RAPPORT_STORES_MAX: '1000000', RAPPORT_EVENTS_KEEP_HOURS: '1000000' };
  let server = await startTestServer({ database, env });
  return {
    current: () => server,
    async restart(ms) {
      const now = server.context.clock.now();
      await server.stop();
      vi.setSystemTime(now + ms);
      server = await startTestServer({ database, env });
    },
    async stop() {
      await server.stop();
      vi.useRealTimers();
    },
  };
}

/** The conversations of one story: the server holds them, while a model of them is played through. */
export interface Served {
  readonly server: RestartableServer;
  /** No other story's resource ids begin with it. */
  readonly prefix: string;
  /** Ids by position: of the configurations, and of the conversations in the order of their creation. */
  readonly configurationIds: readonly string[];
  readonly conversationIds: string[];
  /** What the server listed last. */
  listed: readonly Listed[];
  readonly memoryStoreId: string;
  /** Numbers that the model has for profiles, by id. */
  readonly profiles: Map<string, number>;
  request(method: string, path: string, body?: unknown): Promise<TestReply>;
}

let stories = 0;
const configurationsPath = '/v2/ControlPlane/Configurations';

/** Begins a story, in a store and configurations of its own. */
export async function serveConversations(
  server: RestartableServer,
  configurations: readonly Configuration[],
): Promise<Served> {
  stories += 1;
  const prefix = `${stories}-`;
  const request: Served['request'] = (method, path, body) => server.current().request(method, path, body);
  const stored = await request('POST', '/v1/ControlPlane/Stores', { displayName: `${prefix}store` });
  const { pathname } = new URL((stored.body as { statusUrl: string }).statusUrl);
  const operation = await request('GET', pathname);
  const memoryStoreId = (operation.body as { result: { id: string } }).result.id;
  const configurationIds: string[] = [];
  for (const [at, configuration] of configurations.entries()) {
    const draft = { ...toBody(configuration), displayName: prefix + at, memoryStoreId };
    const { body } = await request('POST', configurationsPath, draft);
    configurationIds.push((body as { related: { configurationId: string } }).related.configurationId);
  }
  return {
    server,
    prefix,
    memoryStoreId,
    configurationIds,
    conversationIds: [],
    listed: [],
    profiles: new Map(),
    request,
  };
}

/** Ends the story: nothing is captured by its configurations any more. */
export async function retire({ configurationIds, request }: Served): Promise<void> {
  for (const id of configurationIds) await request('DELETE', `${configurationsPath}/${id}`);
}

function toBody({ grouping, timeouts, captured }: Configuration): object {
  const captureRules = [
    { from: '*', to: deskNumber },
    { from: deskNumber, to: '*' },
  ];
  const channelSettings = Object.entries(timeouts).map(([channel, statusTimeouts]) => [
    channel,
    { statusTimeouts, captureRules: captured.some((name) => name === channel) ? captureRules : [] },
  ]);
  return {
    description: '',
    conversationGroupingType: grouping,
    channelSettings: Object.fromEntries(channelSettings),
  };
}

/** A conversation as both the model and the server can tell of it. */
export interface Seen {
  readonly conversation: number;
  readonly configuration: number;
  readonly status: Status;
  /** Profiles by their numbers; by their ids while they have none. */
  readonly participants: readonly (Party & { readonly profile: number | string | undefined })[];
}

export function expectedOf(model: Model): Seen[] {
  return model.conversations
    .filter(({ isDeleted }) => !isDeleted)
    .toReversed()
    .map(({ number, configuration, status, participants }) => ({
      conversation: number,
      configuration,
      status,
      participants: participants.map(({ type, addresses, profile }) => ({ type, addresses, profile })),
    }));
}

export interface Listed {
  readonly id: string;
  readonly configurationId: string;
  readonly status: Status;
  readonly participants: readonly {
    readonly id: string;
    readonly type: Party['type'];
    readonly profileId?: string;
    readonly addresses: readonly { readonly channel: Channel; readonly address: string }[];
  }[];
}

/** More conversations than a story has. */
const listedMax = 100;

/** Sees what the server lists of the story now, newest first, and numbers what is new. */
export async function listConversations(served: Served): Promise<void> {
  const { body } = await served.request('GET', `/v2/Conversations?pageSize=${listedMax}`);
  served.listed = (body as { conversations: Listed[] }).conversations.filter(({ configurationId }) =>
    served.configurationIds.includes(configurationId),
  );
  const ids = served.listed.map(({ id }) => id).reverse();
  served.conversationIds.push(...ids.filter((id) => !served.conversationIds.includes(id)));
}

/** What the server listed last, in the words of the model, whose numbers of profiles are learnt as they appear. */
export function seenOf(served: Served, expected: readonly Seen[]): Seen[] {
  return served.listed.map(({ id, configurationId, status, participants }, at) => ({
    conversation: served.conversationIds.indexOf(id) + 1,
    configuration: served.configurationIds.indexOf(configurationId),
    status,
    participants: participants.map(({ type, profileId, addresses }, place) => ({
      type,
      addresses: addresses.map(({ channel, address }) => ({ channel, address })),
      profile:
        profileId === undefined
          ? undefined
          : numberOfProfile(served, profileId, expected[at]?.participants[place]?.profile),
    })),
  }));
}

function numberOfProfile(
  { profiles }: Served,
  profileId: string,
  expected: number | string | undefined,
): number | string {
  const isFree = typeof expected === 'number' && ![...profiles.values()].includes(expected);
  if (!profiles.has(profileId) && isFree) profiles.set(profileId, expected);
  return profiles.get(profileId) ?? profileId;
}

/** The ids of what was said in a conversation, newest first. */
export async function listResourceIds(served: Served, conversation: number): Promise<(string | undefined)[]> {
  const id = served.conversationIds[conversation - 1];
  const { body } = await served.request('GET', `/v2/Conversations/${id}/Communications?pageSize=1000`);
  return (body as { communications: { resourceId?: string }[] }).communications.map(({ resourceId }) =>
    resourceId?.replace(served.prefix, ''),
  );
}
