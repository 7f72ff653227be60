import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { enginesOfServers } from '../support/engines.ts';
import { recordText } from '../support/events.ts';
import { startImport, uploadCsv } from '../support/imports.ts';
import { findInFiles, findInTables } from '../support/leftovers.ts';
import { createWorkspace, say, startConversation } from '../support/main-job.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { refuse } from '../support/refusal.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';

/** A word that is in everything which is erased and in nothing else; short enough to stay whole in every index. */
const marker = 'zanzibarmarker';
const phone = '+12025550191';

/** Fills a profile with everything that a profile can have: traits, identifiers, memories, revisions, a merge. */
async function fill(client: SdkClient, storeId: string): Promise<string[]> {
  const create = async (contact: object) =>
    (await client.memory.v1.profiles(storeId).create({ traits: { Contact: contact } } as never)).id ?? '';
  const survivor = await create({ phone, firstName: marker });
  const merged = await create({ email: `${marker}@example.com`, lastName: `${marker}-old` });
  for (const profileId of [survivor, merged]) {
    const observations = client.memory.v1.observations(storeId, profileId);
    await observations.create({
      observations: [{ content: `first ${marker}`, source: 'test', occurredAt: new Date() }],
    });
    const [stored] = await observations.list();
    await client.memory.v1
      .observations(storeId, profileId, stored?.id ?? '')
      .patch({ content: `second ${marker}` });
    await client.memory.v1.conversationSummaries(storeId, profileId).create({
      summaries: [
        {
          content: `summary ${marker}`,
          conversationId: 'conv_conversation_00000000000000000000000001',
          occurredAt: new Date(),
        },
      ],
    });
  }
  await create({ phone, email: `${marker}@example.com` });
  return [survivor, merged];
}

describe.each(enginesOfServers)('erasure on $engine', ({ engine, skip }) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'rapport-erasure-'));
  let postgres: PostgresServer | undefined;
  let server: TestServer;
  let client: SdkClient;
  beforeAll(async () => {
    if (skip) return;
    if (engine === 'PostgreSQL') postgres = await startPostgres();
    const database = postgres ? { DATABASE_URL: await postgres.createDatabase() } : {};
    ({ server, client } = await startServerWithSdk({ env: { RAPPORT_DATA_DIR: dataDir, ...database } }));
  });
  afterAll(async () => {
    await server?.stop();
    await postgres?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.skipIf(skip)('of a profile leaves nothing of it in any table or file', async () => {
    const workspace = await createWorkspace(client, 'erase-profile');
    const ids = await fill(client, workspace.storeId);
    const conversationId = await startConversation(client, workspace, phone);
    await say(client, conversationId, 'customer', 'Hello.', phone);
    expect((await findInTables(server, [marker, ...ids])).length).toBeGreaterThan(20);
    if (engine === 'SQLite') expect(findInFiles(dataDir, marker)).not.toEqual([]);

    await client.memory.v1.profiles(workspace.storeId, ids[0] ?? '').remove();

    expect(await findInTables(server, [marker, ...ids])).toEqual([]);
    if (engine === 'SQLite') expect(findInFiles(dataDir, marker)).toEqual([]);
    for (const id of ids) {
      await expect(client.memory.v1.profiles(workspace.storeId, id).fetch()).rejects.toMatchObject({
        status: 404,
      });
    }
  });

  it.skipIf(skip)('of a profile reaches the events of a time when a participant had it', async () => {
    const workspace = await createWorkspace(client, 'erase-mentions');
    const profiles = client.memory.v1.profiles(workspace.storeId);
    const number = '+12025550192';
    const { id = '' } = await profiles.create({ traits: { Contact: { phone: number } } } as never);
    const conversationId = await startConversation(client, workspace, number);
    const [customer] = await client.conversations.v2.participants(conversationId).list();
    const path = `/v2/Conversations/${conversationId}/Participants/${customer?.id}`;
    const { body } = await server.request('GET', path);
    const changed = { ...(body as object), profileId: 'mem_profile_00000000000000000000000001' };
    expect((await server.request('PUT', path, changed)).status).toBe(200);
    const told = (await findInTables(server, [id])).filter((row) => row.startsWith('events: '));
    expect(told.map((row) => (JSON.parse(row.slice('events: '.length)) as { type: string }).type)).toEqual([
      'CONVERSATION_CREATED',
      'PARTICIPANT_ADDED',
    ]);

    await client.memory.v1.profiles(workspace.storeId, id).remove();

    expect(await findInTables(server, [id])).toEqual([]);
    expect((await findInTables(server, ['mem_profile_00000000000000000000000001'])).length).toBeGreaterThan(
      0,
    );
  });

  // SQLite has one writer at a time.
  it.skipIf(skip || engine === 'SQLite')('of a profile waits for who is about to tell of it', async () => {
    const workspace = await createWorkspace(client, 'erase-waits');
    const profiles = client.memory.v1.profiles(workspace.storeId);
    const number = '+12025550193';
    const { id = '' } = await profiles.create({ traits: { Contact: { phone: number } } } as never);
    const conversationId = await startConversation(client, workspace, number);
    const { context } = server;
    const { db } = context;
    const countWaiting = async () =>
      (await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(db.reader)).rows
        .length;

    const removed = Promise.withResolvers<unknown>();
    await db.transaction(async (tx) => {
      await db.lock(tx, `conversation:${conversationId}`);
      client.memory.v1.profiles(workspace.storeId, id).remove().then(removed.resolve, removed.reject);
      await expect.poll(countWaiting).toBe(1);
      await recordText(tx, context, conversationId, 'late', { data: { profileId: id }, profileIds: [id] });
    });
    await removed.promise;

    expect(await findInTables(server, [id])).toEqual([]);
  });

  it.skipIf(skip)('of a store leaves nothing but the operations that speak of it', async () => {
    const workspace = await createWorkspace(client, 'erase-store');
    const { storeId } = workspace;
    const ids = await fill(client, storeId);
    const conversationId = await startConversation(client, workspace, phone);
    await client.memory.v1.traitGroups(storeId).create({
      displayName: 'Loyalty',
      description: marker,
      traits: { size: { dataType: 'NUMBER' } },
    } as never);
    await server.request('POST', `/v1/Stores/${storeId}/Profiles/${ids[0]}/Events`, {
      type: 'twilio-comms-lifecycle',
      events: [{ timestamp: new Date().toISOString(), eventType: marker }],
    });
    const waiting = await startImport(client, storeId);
    const uploaded = await startImport(client, storeId);
    expect(await uploadCsv(uploaded.url, `phone,name\n+12025550192,${marker}\n`)).toBe(200);

    await client.memory.v1.stores(storeId).remove();
    await server.idle();

    const imports = [waiting.importId, uploaded.importId];
    expect(await findInTables(server, [marker, ...ids, ...imports])).toEqual([]);
    const naming = new Set((await findInTables(server, [storeId])).map((row) => row.split(':')[0]));
    expect([...naming].sort()).toEqual(['configurations', 'conversations', 'events', 'operations']);
    if (engine === 'SQLite') expect(findInFiles(dataDir, marker)).toEqual([]);
    const participants = await client.conversations.v2.participants(conversationId).list();
    expect(participants.map(({ type }) => type)).toContain('CUSTOMER');
    expect(participants.filter(({ profileId }) => profileId)).toEqual([]);
  });

  it.skipIf(skip)('of a conversation leaves nothing but the operation that speaks of it', async () => {
    const secret = 'quaggamarker';
    const workspace = await createWorkspace(client, 'erase-conversation');
    const conversationId = await startConversation(client, workspace, phone);
    const conversations = client.conversations.v2.conversations;
    await conversations(conversationId).patch({ name: secret, metadata: { [secret]: secret } } as never);
    await say(client, conversationId, 'customer', `The word is ${secret}.`, phone);
    // Its extraction becomes a dead letter, and its timer waits.
    const allow = await refuse(
      server.context.db,
      'update',
      'conversations',
      'new.extracted_through is not null',
    );
    await conversations(conversationId).update({ status: 'INACTIVE' });
    await server.idle();
    await server.advance(50 * 60);
    await allow();
    const dead = await server.context.db.reader
      .selectFrom('jobs')
      .select('name')
      .where('state', '=', 'dead')
      .where('payload_json', 'like', `%${conversationId}%`)
      .execute();
    expect(dead).toEqual([{ name: 'conversation.extract' }]);
    expect(
      new Set((await findInTables(server, [conversationId])).map((row) => row.split(':')[0])).size,
    ).toBeGreaterThan(6);

    await conversations(conversationId).remove();
    await server.idle();

    const left = await findInTables(server, [secret, conversationId]);
    expect(left.map((row) => row.split(':')[0])).toEqual(['operations']);
    expect(await findInTables(server, [secret])).toEqual([]);
    if (engine === 'SQLite') expect(findInFiles(dataDir, secret)).toEqual([]);
  });
});
