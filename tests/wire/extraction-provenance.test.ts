import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import {
  agent,
  createConfiguration,
  createConversation,
  customer,
  say,
  uniqueName,
} from '../support/conversations.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let server: TestServer;
let client: SdkClient;
let storeId: string;
let configurationId: string;

const agentNumber = '+12025550100';

beforeAll(async () => {
  ({ server, client } = await startServerWithSdk({ env: { RAPPORT_STORES_MAX: '1000' } }));
});
afterAll(() => server.stop());
beforeEach(async () => {
  storeId = await createStore(client, uniqueName());
  configurationId = await createConfiguration(client, {
    memoryStoreId: storeId,
    memoryExtractionEnabled: true,
  });
});

interface Entry {
  readonly revision: number;
  readonly conversationId: string;
  readonly communicationIds: readonly string[];
  readonly extractor: { readonly name: string; readonly version: string };
}

/** A closed conversation in which the customer says this. */
async function talk(number: string, ...texts: string[]) {
  const { id, participants } = await createConversation(client, configurationId, [
    customer(number),
    agent(agentNumber),
  ]);
  const said: string[] = [];
  for (const text of texts) said.push((await say(client, id, { text, from: number, to: agentNumber })).id);
  await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
  await server.idle();
  const profileId = participants.find(({ type }) => type === 'CUSTOMER')?.profileId ?? '';
  return { conversationId: id, profileId, said };
}

const path = (profileId: string, observationId: string) =>
  `/rapport/v1/Stores/${storeId}/Profiles/${profileId}/Observations/${observationId}/Provenance`;

async function provenanceOf(profileId: string, observationId: string) {
  const { status, body } = await server.request('GET', path(profileId, observationId));
  expect(status).toBe(200);
  return body as { observationId: string; source: string; provenance: Entry[] };
}

async function observationsOf(profileId: string) {
  return client.memory.v1.observations(storeId, profileId).list({ orderBy: 'ASC' });
}

/** The id of a profile's only observation. */
async function onlyObservationOf(profileId: string): Promise<string> {
  const [only, ...others] = await observationsOf(profileId);
  expect(others).toEqual([]);
  return only?.id ?? '';
}

describe('the provenance of an observation', () => {
  it('names the communications that say it, who read them there, and when', async () => {
    const { conversationId, profileId, said } = await talk('+12025550121', 'Hello!', 'I live in Porto.');
    const observationId = await onlyObservationOf(profileId);
    expect(await provenanceOf(profileId, observationId)).toEqual({
      observationId,
      source: 'conversation-extraction',
      provenance: [
        {
          revision: 1,
          conversationId,
          communicationIds: [said[1]],
          extractor: { name: 'rules', version: expect.stringMatching(/^\d+$/) },
          extractedAt: expect.stringMatching(/Z$/),
        },
      ],
    });
  });

  it('has an entry for each state that a conversation led to, newest first', async () => {
    const first = await talk('+12025550122', 'I live in Porto.');
    const second = await talk('+12025550122', 'I live in Lisbon.');
    const { provenance } = await provenanceOf(first.profileId, await onlyObservationOf(first.profileId));
    expect(provenance).toMatchObject([
      { revision: 2, conversationId: second.conversationId, communicationIds: second.said },
      { revision: 1, conversationId: first.conversationId, communicationIds: first.said },
    ]);
  });

  it('is empty for what a client wrote itself', async () => {
    const { profileId } = await talk('+12025550123', 'Hello!');
    await client.memory.v1.observations(storeId, profileId).create({
      observations: [{ content: 'Likes tea.', source: 'crm', occurredAt: new Date() }],
    });
    const observationId = await onlyObservationOf(profileId);
    expect(await provenanceOf(profileId, observationId)).toEqual({
      observationId,
      source: 'crm',
      provenance: [],
    });
  });

  it('goes along when profiles merge', async () => {
    const earlier = await talk('+12025550124', 'Hello!');
    const later = await talk('+12025550125', 'I live in Porto.');
    const observationId = await onlyObservationOf(later.profileId);
    await client.memory.v1.profiles(storeId).create({
      traits: { Contact: { phone: '+12025550124', email: 'one@example.com' } },
    } as never);
    await client.memory.v1.profiles(storeId, later.profileId).patch({
      traits: { Contact: { email: 'one@example.com' } },
    } as never);
    const { status, body, headers } = await server.request('GET', path(later.profileId, observationId));
    expect([status, headers.get('Canonical-Profile-Id')]).toEqual([200, earlier.profileId]);
    expect(body).toMatchObject({ provenance: [{ conversationId: later.conversationId }] });
  });

  it('is in the profile’s document', async () => {
    const { conversationId, profileId } = await talk('+12025550126', 'I live in Porto.');
    const { body } = await server.request(
      'GET',
      `/rapport/v1/Stores/${storeId}/Profiles/${profileId}/Export`,
    );
    expect(body).toMatchObject({
      observations: [{ provenance: [{ revision: 1, conversationId, extractor: { name: 'rules' } }] }],
    });
  });

  it('goes with the observation', async () => {
    const { profileId } = await talk('+12025550127', 'I live in Porto.');
    const observationId = await onlyObservationOf(profileId);
    await client.memory.v1.observations(storeId, profileId, observationId).remove();
    expect((await server.request('GET', path(profileId, observationId))).status).toBe(404);
    const rows = await server.context.db.reader
      .selectFrom('observation_provenance')
      .select('revision')
      .where('profile_id', '=', profileId)
      .execute();
    expect(rows).toEqual([]);
  });

  it('is 404 for an observation of another profile, and for one that nobody has', async () => {
    const one = await talk('+12025550128', 'I live in Porto.');
    const other = await talk('+12025550129', 'Hello!');
    const observationId = await onlyObservationOf(one.profileId);
    const unknown = 'mem_observation_00000000000000000000000000';
    for (const wrong of [path(other.profileId, observationId), path(one.profileId, unknown)])
      expect((await server.request('GET', wrong)).status).toBe(404);
  });
});
