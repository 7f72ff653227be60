import type { ChildServer } from '../../tests/support/child-server.ts';
import type { Request } from './api-world.ts';
import { copiedProfileId, type GrowingStore, phoneOf, traitsOf } from './growing-store.ts';
import { type Chance, inventQuestion, inventTurn } from './invented-dialogue.ts';

/** Makes the next request of a kind. */
export type Requests = Readonly<Record<GrowthOperation, () => Request>>;

export const growthOperations = [
  'recallOf10',
  'recallOf10000',
  'lookup',
  'getProfile',
  'listProfilesFirst',
  'listProfilesInside',
  'listObservations',
  'listOfConversationAmong10000',
  'append',
  'createWithIdentity',
] as const;
export type GrowthOperation = (typeof growthOperations)[number];

export interface GrownStore extends GrowingStore {
  readonly profiles: number;
}

/** Numbers of the profiles that requests create; those of the store's own are below. */
let newProfileNumber = 5_000_000;

/** Requests about profiles anywhere in the store, so that nothing that was asked for lately is likely to be asked for again. */
export async function growthRequests(
  server: ChildServer,
  { storeId, largeId, template, profiles }: GrownStore,
  chance: Chance,
): Promise<Requests> {
  const list = `/v1/Stores/${storeId}/Profiles`;
  const number = () => 1 + Math.floor(chance() * profiles);
  const anyone = () => `${list}/${copiedProfileId(number())}`;
  const tokenAt = await pageTokens(server, list);
  const get = (path: string): Request => ({ method: 'GET', path });
  const post = (path: string, body: unknown): Request => ({
    method: 'POST',
    path,
    body: JSON.stringify(body),
  });
  const recall = (profile: string) => post(`${profile}/Recall`, { query: inventQuestion(chance) });
  return {
    recallOf10: () => recall(anyone()),
    recallOf10000: () => recall(`${list}/${largeId}`),
    lookup: () => post(`${list}/Lookup`, { idType: 'phone', value: phoneOf(number()) }),
    getProfile: () => get(anyone()),
    listProfilesFirst: () => get(list),
    listProfilesInside: () => get(`${list}?pageToken=${tokenAt(copiedProfileId(number()))}`),
    listObservations: () => get(`${anyone()}/Observations`),
    // It is in none of them, so all are looked at.
    listOfConversationAmong10000: () =>
      get(`${list}/${largeId}/Observations?conversationId=${template.sourceIds[0]}`),
    append: () =>
      post(`${anyone()}/Observations`, {
        observations: [
          { content: inventTurn(chance, 0), source: 'bench', occurredAt: '2026-01-05T10:00:00Z' },
        ],
      }),
    createWithIdentity: () => post(list, { traits: traitsOf(newProfileNumber++) }),
  };
}

/** Tokens of pages that begin after a profile: the list's own token with another place in it. */
async function pageTokens(server: ChildServer, list: string): Promise<(profileId: string) => string> {
  const { body } = await server.request('GET', list);
  // A page of a list.
  const { nextToken } = (body as { meta: { nextToken: string } }).meta;
  const [direction, scope] = JSON.parse(Buffer.from(nextToken, 'base64url').toString()) as unknown[];
  return (profileId) => Buffer.from(JSON.stringify([direction, scope, profileId])).toString('base64url');
}
