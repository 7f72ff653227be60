import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import {
  agentNumber,
  createConfiguration,
  createConversation,
  customerNumber,
  say,
  uniqueName,
} from '../support/conversations.ts';
import { enginesOfServers } from '../support/engines.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';

let postgres: PostgresServer | undefined;
let server: TestServer;
let client: SdkClient;
let storeId: string;
let configurationId: string;

async function start(contactTraits?: string): Promise<void> {
  const env = {
    ...(contactTraits === undefined ? {} : { RAPPORT_EXTRACTION_CONTACT_TRAITS: contactTraits }),
    ...(postgres ? { DATABASE_URL: await postgres.createDatabase() } : {}),
  };
  ({ server, client } = await startServerWithSdk({ env }));
  storeId = await createStore(client, uniqueName());
  configurationId = await createConfiguration(client, {
    memoryStoreId: storeId,
    memoryExtractionEnabled: true,
  });
}

/** The customer says it, the agent thanks, and the conversation ends; answers the customer's profile. */
async function introduce(text: string): Promise<string> {
  const { id, participants } = await createConversation(client, configurationId);
  await say(client, id, { text });
  await say(client, id, { text: 'Thank you!', from: agentNumber, to: customerNumber });
  await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
  await server.idle();
  const profileId = participants.find(({ type }) => type === 'CUSTOMER')?.profileId;
  if (!profileId) throw new Error('the customer has no profile');
  return profileId;
}

async function contactOf(profileId: string): Promise<Record<string, string>> {
  const { body } = await server.request('GET', `/v1/Stores/${storeId}/Profiles/${profileId}`);
  // As the schema of the answer has it, against which the test server checks.
  return (body as { traits: { Contact?: Record<string, string> } }).traits.Contact ?? {};
}

async function createIda(): Promise<string> {
  const { body } = await server.request('POST', `/v1/Stores/${storeId}/Profiles`, {
    traits: { Contact: { email: 'ida@example.com', firstName: 'Ida' } },
  });
  return (body as { id: string }).id;
}

describe.each(enginesOfServers)('what customers state of themselves, on $engine', ({ engine, skip }) => {
  beforeAll(async () => {
    if (engine === 'PostgreSQL') postgres = await startPostgres();
  });
  afterEach(() => server?.stop());
  afterAll(async () => {
    await postgres?.stop();
    postgres = undefined;
  });

  it.skipIf(skip)('fills no trait with what may not be remembered', async () => {
    await start('unclaimed');
    const profileId = await introduce('My name is Ines Duarte. My email is 4111111111111111@example.com.');
    const contact = await contactOf(profileId);
    expect(contact).toMatchObject({ firstName: 'Ines' });
    expect(contact).not.toHaveProperty('email');
  });

  it.skipIf(skip)('fills empty traits, and identifies them from then on', async () => {
    await start('unclaimed');
    const profileId = await introduce(
      'My name is Ines Duarte, and my email is ines@example.com. My address is 12 Mill Lane, Springfield.',
    );
    expect(await contactOf(profileId)).toMatchObject({
      firstName: 'Ines',
      lastName: 'Duarte',
      email: 'ines@example.com',
      street: '12 Mill Lane',
      city: 'Springfield',
    });
    const { body } = await server.request('POST', `/v1/Stores/${storeId}/Profiles/Lookup`, {
      idType: 'email',
      value: 'INES@example.com',
    });
    expect(body).toMatchObject({ profiles: [profileId] });
  });

  it.skipIf(skip)('changes no trait that has a value', async () => {
    await start('unclaimed');
    const profileId = await introduce('My name is Ines Duarte.');
    await introduce('My name is Tom Becker. My email is tom@example.com');
    expect(await contactOf(profileId)).toMatchObject({
      firstName: 'Ines',
      lastName: 'Duarte',
      email: 'tom@example.com',
    });
  });

  it.skipIf(skip)(
    'is passed over where it is not valid, and keeps nothing else from being filled',
    async () => {
      await start('unclaimed');
      const profileId = await introduce(
        'My phone number is 12 34 56 78 90 12 34. My email is ines@example.com',
      );
      expect(await contactOf(profileId)).toMatchObject({ email: 'ines@example.com' });
    },
  );

  it.skipIf(skip)('takes nothing over that identifies somebody else', async () => {
    await start('unclaimed');
    const idaId = await createIda();
    const profileId = await introduce('My email is ida@example.com');
    expect(profileId).not.toBe(idaId);
    expect((await contactOf(profileId)).email).toBeUndefined();
    expect(await contactOf(idaId)).toMatchObject({ firstName: 'Ida' });
  });

  it.skipIf(skip)('makes two profiles one where the setting says so', async () => {
    await start('resolve');
    const idaId = await createIda();
    const profileId = await introduce('My email is ida@example.com');
    expect(await contactOf(profileId)).toEqual(await contactOf(idaId));
    expect(await contactOf(idaId)).toMatchObject({ firstName: 'Ida', email: 'ida@example.com' });
  });

  it.skipIf(skip)('is no trait by default', async () => {
    await start();
    expect((await contactOf(await introduce('My name is Ines Duarte.'))).firstName).toBeUndefined();
  });
});
