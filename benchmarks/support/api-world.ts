import { fillAround } from './api-surroundings.ts';
import type { CompiledServer } from './compiled-server.ts';
import { inventQuestion, inventTurn, seededChance } from './invented-dialogue.ts';
import { createStore } from './store.ts';

/** A request as a load sends it. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
}

/** How much there is beside what is asked for. */
export const sizes = {
  /** Nothing. */
  small: { profiles: 0 },
  /** A hundred thousand profiles of ten observations each, in the same store. */
  large: { profiles: 100_000 },
} as const;
export type Size = keyof typeof sizes;

/** What requests are about: made through the API, as a user would. */
export interface ApiWorld {
  readonly storeId: string;
  readonly profileIds: readonly string[];
  readonly conversationIds: readonly string[];
  /** A profile with many memories, and the ids of some of them. */
  readonly rememberedId: string;
  readonly observationIds: readonly string[];
}

const profiles = 500;
const conversations = 64;
const memories = 500;
const observationsAtOnce = 10;
const bulkAtOnce = 100;
const bulks = 200;
const questions = 200;
const occurredAt = '2026-01-05T10:00:00Z';
const agentNumber = '+12025550199';

const customerOf = (number: number) =>
  `+1${201 + Math.floor(number / 100)}55501${String(number % 100).padStart(2, '0')}`;

export async function createApiWorld(server: CompiledServer, size: Size): Promise<ApiWorld> {
  const storeId = await createStore(server, `api-${process.pid}`);
  await fillAround(server, storeId, sizes[size].profiles);
  const profilesPath = `/v1/Stores/${storeId}/Profiles`;
  const profileIds: string[] = [];
  for (let number = 0; number < profiles; number += 1) {
    const traits = { Contact: { phone: customerOf(number), firstName: `Customer ${number}` } };
    profileIds.push((await server.call<{ id: string }>('POST', profilesPath, { traits })).id);
  }
  const [rememberedId = ''] = profileIds;
  const path = `${profilesPath}/${rememberedId}/Observations`;
  const chance = seededChance(1);
  for (let done = 0; done < memories; done += observationsAtOnce) {
    const contents = Array.from({ length: observationsAtOnce }, (_, at) => inventTurn(chance, done + at));
    await server.call('POST', path, observationsOf(contents));
  }
  const list = await server.call<{ observations: { id: string }[] }>('GET', `${path}?pageSize=100`);
  return {
    storeId,
    profileIds,
    conversationIds: await createConversations(server, storeId),
    rememberedId,
    observationIds: list.observations.map(({ id }) => id),
  };
}

async function createConversations(server: CompiledServer, memoryStoreId: string): Promise<string[]> {
  const { related } = await server.call<{ related: { configurationId: string } }>(
    'POST',
    '/v2/ControlPlane/Configurations',
    {
      displayName: `api-${process.pid}`,
      description: '',
      conversationGroupingType: 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
      memoryStoreId,
      channelSettings: { SMS: { statusTimeouts: { inactive: 60, closed: 120 } } },
    },
  );
  const ids: string[] = [];
  for (let number = 0; number < conversations; number += 1) {
    const conversation = await server.call<{ id: string }>('POST', '/v2/Conversations', {
      configurationId: related.configurationId,
      participants: [
        { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: customerOf(number) }] },
        { type: 'AI_AGENT', addresses: [{ channel: 'SMS', address: agentNumber }] },
      ],
    });
    ids.push(conversation.id);
  }
  return ids;
}

function observationsOf(contents: readonly string[]) {
  return { observations: contents.map((content) => ({ content, source: 'bench', occurredAt })) };
}

/** The requests of each kind, so many different ones that no two connections are after the same thing all the time. */
export function requestsOf(
  world: ApiWorld,
): Readonly<
  Record<
    'profile' | 'conversation' | 'observation' | 'communication' | 'observations' | 'bulk' | 'recall',
    readonly Request[]
  >
> {
  const { storeId, profileIds, conversationIds, rememberedId, observationIds } = world;
  const profilesPath = `/v1/Stores/${storeId}/Profiles`;
  const rememberedPath = `${profilesPath}/${rememberedId}`;
  const chance = seededChance(2);
  const get = (path: string): Request => ({ method: 'GET', path });
  const post = (path: string, body: unknown, method = 'POST'): Request => ({
    method,
    path,
    body: JSON.stringify(body),
  });
  const turns = () => Array.from({ length: observationsAtOnce }, (_, at) => inventTurn(chance, at));
  return {
    profile: profileIds.map((id) => get(`${profilesPath}/${id}`)),
    conversation: conversationIds.map((id) => get(`/v2/Conversations/${id}`)),
    observation: observationIds.map((id) => get(`${rememberedPath}/Observations/${id}`)),
    communication: conversationIds.map((id, number) =>
      post(`/v2/Conversations/${id}/Communications`, {
        author: { channel: 'SMS', address: customerOf(number) },
        recipients: [{ channel: 'SMS', address: agentNumber }],
        content: { type: 'TEXT', text: inventTurn(chance, number) },
      }),
    ),
    // The first one is what Recall is asked about.
    observations: profileIds
      .slice(1)
      .map((id) => post(`${profilesPath}/${id}/Observations`, observationsOf(turns()))),
    bulk: Array.from({ length: bulks }, (_, bulk) =>
      post(
        `${profilesPath}/Bulk`,
        {
          profiles: Array.from({ length: bulkAtOnce }, (_profile, at) => ({
            traits: { Contact: { email: `bulk-${bulk}-${at}@example.com`, firstName: `Name ${at}` } },
          })),
        },
        'PUT',
      ),
    ),
    recall: Array.from({ length: questions }, () =>
      post(`${rememberedPath}/Recall`, { query: inventQuestion(chance) }),
    ),
  };
}
