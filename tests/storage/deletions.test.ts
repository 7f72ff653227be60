import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reviveDeadJobs } from '../../src/jobs/index.ts';
import { eraseSomeOfStore } from '../../src/memory/erasure/erasure.ts';
import { applyBatch } from '../../src/memory/imports/import-batch.ts';
import { placeMappings } from '../../src/memory/imports/import-file.ts';
import { getDefinitions, readTraits, upsertProfile } from '../../src/memory/profiles/index.ts';
import { markStoreDeleted } from '../../src/memory/stores/store.store.ts';
import { type TestReply, type TestServer, testAccount } from '../../src/testing/index.ts';
import { captureLog } from '../support/captured-log.ts';
import { enginesOfServers } from '../support/engines.ts';
import { phoneAndName, startImport, uploadCsv } from '../support/imports.ts';
import { findInTables } from '../support/leftovers.ts';
import { createWorkspace, say, startConversation } from '../support/main-job.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { refusalText, refuse } from '../support/refusal.ts';
import { provenanceRow } from '../support/rows.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { until } from '../support/until.ts';

const minute = 60;
const hour = 3600;
const accountId = testAccount.sid;

describe.each(enginesOfServers)('deletions on $engine', ({ engine, skip }) => {
  let postgres: PostgresServer | undefined;
  let server: TestServer;
  let client: SdkClient;
  const log = captureLog();
  beforeAll(async () => {
    if (skip) return;
    if (engine === 'PostgreSQL') postgres = await startPostgres();
    const env: Record<string, string> = postgres ? { DATABASE_URL: await postgres.createDatabase() } : {};
    ({ server, client } = await startServerWithSdk({ env, log: log.log }));
  });
  afterAll(async () => {
    await server?.stop();
    await postgres?.stop();
  });

  /** The answer to a poll; paths are those of `statusUrl`. */
  async function poll(statusUrl: string | undefined): Promise<TestReply> {
    const reply = await server.request('GET', new URL(statusUrl ?? '').pathname);
    expect(reply.status).toBe(200);
    return reply;
  }

  /** Whether a transaction of this PostgreSQL database stands still for another one. */
  async function someoneWaitsForALock(): Promise<boolean> {
    const { rows } = await sql`
      select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      server.context.db.reader,
    );
    return rows.length > 0;
  }

  async function reviveDead(): Promise<void> {
    const { db, clock } = server.context;
    await db.transaction((tx) => reviveDeadJobs(tx, clock.now(), undefined));
    await server.idle();
  }

  /** Everything in any table that names the id, but for operations. */
  async function leftoversOf(id: string): Promise<string[]> {
    return (await findInTables(server, [id])).filter((row) => !row.startsWith('operations: '));
  }

  async function createProfiles(storeId: string, count: number): Promise<void> {
    const profiles = Array.from({ length: count }, (_, n) => ({
      traits: { Contact: { email: `customer${n}@example.com`, firstName: `Customer ${n}` } },
    }));
    for (let start = 0; start < count; start += 1000) {
      const body = { profiles: profiles.slice(start, start + 1000) };
      const reply = await server.request('PUT', `/v1/Stores/${storeId}/Profiles/Bulk`, body);
      expect(reply.status).toBe(202);
    }
  }

  /** Rows of profiles, traits, identifiers and mentions of a store whose erasure may have begun. */
  async function countRows(storeId: string): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      select (select count(*) from profiles where store_id = ${storeId})
        + (select count(*) from profile_traits where store_id = ${storeId})
        + (select count(*) from profile_identifiers where store_id = ${storeId})
        + (select count(*) from observation_provenance where conversation_id = ${storeId}) as count`.execute(
      server.context.db.reader,
    );
    return Number(rows[0]?.count);
  }

  describe.skipIf(skip)('the operation', () => {
    it('of a store goes from PENDING to RUNNING and FAILED, and to COMPLETED when it is tried again', async () => {
      const { db } = server.context;
      const storeId = await createStore(client, 'life-of-an-operation');
      await createProfiles(storeId, 1);
      const allowStart = await refuse(db, 'update', 'operations', "new.status = 'RUNNING'");
      const { statusUrl } = await client.memory.v1.stores(storeId).remove();
      await server.idle();

      const pending = await poll(statusUrl);
      const base = {
        operationId: expect.stringMatching(/^mem_operation_/),
        createdAt: expect.any(String),
        statusUrl,
      };
      expect(pending.body).toEqual({ ...base, status: 'PENDING' });
      expect(pending.headers.get('Retry-After')).toBe('1');
      expect(pending.headers.get('Operation-Id')).toBe(statusUrl?.split('/').at(-1));

      await allowStart();
      const allow = await refuse(db, 'delete', 'profile_traits');
      await server.advance(minute);
      const running = await poll(statusUrl);
      expect(running.body).toEqual({ ...base, status: 'RUNNING' });
      expect(running.headers.get('Retry-After')).toBe('1');

      await server.advance(2 * hour);
      const failed = await poll(statusUrl);
      expect(failed.body).toEqual({
        ...base,
        status: 'FAILED',
        completedAt: expect.any(String),
        error: {
          type: 'https://www.twilio.com/docs/api/errors/20500',
          title: 'Internal server error',
          code: 20500,
          detail: expect.stringContaining('failed to erase all that it held'),
        },
      });
      expect(failed.headers.get('Retry-After')).toBeNull();
      expect(JSON.stringify(failed.body)).not.toContain(refusalText);
      await expect(client.memory.v1.stores(storeId).fetch()).rejects.toMatchObject({ code: 520041 });
      const operation = await client.memory.v1.operations(statusUrl?.split('/').at(-1) ?? '').fetch();
      expect(operation).toMatchObject({ status: 'FAILED', error: { code: 20500 } });

      await allow();
      await reviveDead();
      const result = { type: 'RESOURCE_ID', id: storeId };
      expect((await poll(statusUrl)).body).toEqual({
        ...base,
        status: 'COMPLETED',
        completedAt: expect.any(String),
        result,
      });
      expect(await leftoversOf(storeId)).toEqual([]);
    });

    it('of a conversation does so too, in the form of its API', async () => {
      const { db } = server.context;
      const workspace = await createWorkspace(client, 'life-of-a-job');
      const conversationId = await startConversation(client, workspace);
      await say(client, conversationId, 'customer', 'SECRET words');
      const allowStart = await refuse(db, 'update', 'operations', "new.status = 'RUNNING'");
      const { statusUrl } = await client.conversations.v2.conversations(conversationId).remove();
      await server.idle();

      const base = {
        operationId: expect.stringMatching(/^proc_job_/),
        createdAt: expect.any(String),
        statusUrl,
        related: { conversationId },
      };
      const pending = await poll(statusUrl);
      expect(pending.body).toEqual({ ...base, status: 'PENDING' });
      expect(pending.headers.get('Retry-After')).toBe('5');

      await allowStart();
      const allow = await refuse(db, 'delete', 'communications');
      await server.advance(minute);
      expect((await poll(statusUrl)).body).toEqual({ ...base, status: 'RUNNING' });

      await server.advance(2 * hour);
      const failed = await poll(statusUrl);
      expect(failed.body).toEqual({
        ...base,
        status: 'FAILED',
        completedAt: expect.any(String),
        error: {
          type: 'https://www.twilio.com/docs/errors/20500',
          title: 'Internal server error',
          status: 500,
          detail: expect.stringContaining('failed to erase all that it held'),
          instance: statusUrl,
        },
      });
      expect(failed.headers.get('Retry-After')).toBeNull();
      expect(JSON.stringify(failed.body)).not.toContain(refusalText);
      expect(log.text()).not.toContain('SECRET');
      const conversation = client.conversations.v2.conversations(conversationId);
      await expect(conversation.fetch()).rejects.toMatchObject({ status: 404 });

      await allow();
      await reviveDead();
      const completed = { ...base, status: 'COMPLETED', completedAt: expect.any(String) };
      expect((await poll(statusUrl)).body).toEqual(completed);
      expect(await leftoversOf(conversationId)).toEqual([]);
    });
  });

  describe.skipIf(skip)('the erasure of a store', () => {
    it('takes about a thousand rows at a time, and goes on where it was', async () => {
      const { db, clock } = server.context;
      const storeId = await createStore(client, 'in-steps');
      await createProfiles(storeId, 250);
      const before = await countRows(storeId);
      expect(before).toBe(1000);
      await addMentions(storeId, 3000);
      await db.transaction((tx) => markStoreDeleted(tx, accountId, storeId, clock.now()));
      const mentions = { forget: async () => 0, conversations: async () => [] };
      const taken: number[] = [];
      for (let left = before + 3000, hasMore = true; hasMore; ) {
        hasMore = await eraseSomeOfStore(server.context, mentions, { accountId, storeId });
        const now = await countRows(storeId);
        taken.push(left - now);
        left = now;
      }
      expect(taken.reduce((sum, rows) => sum + rows, 0)).toBe(before + 3000);
      expect(Math.max(...taken)).toBeLessThanOrEqual(1200);
      expect(await leftoversOf(storeId)).toEqual([]);
    });

    it('lets other writers have their turn', async () => {
      const storeId = await createStore(client, 'large');
      await createProfiles(storeId, 1);
      await addMentions(storeId, 30_000);
      const other = await createStore(client, 'meanwhile');
      const { statusUrl } = await client.memory.v1.stores(storeId).remove();
      const seen: string[] = [];
      for (let status = ''; status !== 'COMPLETED'; seen.push(status)) {
        await client.memory.v1.stores(other).patch({ description: `write ${seen.length}` });
        status = ((await poll(statusUrl)).body as { status: string }).status;
      }
      // What was acknowledged before the last poll that said RUNNING was written between two steps.
      expect(seen.lastIndexOf('RUNNING')).toBeGreaterThan(1);
      expect(await leftoversOf(storeId)).toEqual([]);
    });

    /** Mentions of conversations, with one of the store's profiles; they name the store, so that they can be counted. */
    async function addMentions(storeId: string, rows: number): Promise<void> {
      const { db } = server.context;
      await db.transaction(async (tx) => {
        const { id } = await tx
          .selectFrom('profiles')
          .select('id')
          .where('store_id', '=', storeId)
          .limit(1)
          .executeTakeFirstOrThrow();
        const mention = { profile_id: id, conversation_id: storeId };
        const mentions = Array.from({ length: rows }, (_, n) => provenanceRow(String(n), mention));
        for (let start = 0; start < rows; start += 2000)
          await tx
            .insertInto('observation_provenance')
            .values(mentions.slice(start, start + 2000))
            .execute();
      });
    }

    it('leaves nothing behind that was written while the store was deleted, by whatever write', async () => {
      const storeId = await createStore(client, 'in-use');
      await createProfiles(storeId, 20);
      const [profileId = ''] = (await client.memory.v1
        .profiles(storeId)
        .list({ limit: 1 })) as unknown as string[];
      const { statusUrl, refused } = await deleteUnderFire(storeId, profileId);
      await server.idle();
      await server.advance(2 * hour);
      expect((await poll(statusUrl)).body).toMatchObject({ status: 'COMPLETED' });
      expect(refused).toContain(404);
      expect(await leftoversOf(storeId)).toEqual([]);
    });

    /** Sends writes of every kind, and in their midst the deletion; answers the statuses of those that were refused. */
    async function deleteUnderFire(storeId: string, profileId: string) {
      const path = `/v1/Stores/${storeId}/Profiles`;
      const control = `/v1/ControlPlane/Stores/${storeId}`;
      const refused: number[] = [];
      const send = async (method: string, url: string, body: unknown) => {
        const { status } = await server.request(method, url, body);
        if (status >= 400) refused.push(status);
      };
      const occurredAt = new Date().toISOString();
      const writes = (n: number): (() => Promise<unknown>)[] => [
        () => send('POST', path, { traits: { Contact: { email: `new${n}@example.com` } } }),
        () =>
          send('PUT', `${path}/Bulk`, {
            profiles: Array.from({ length: 250 }, (_, row) => ({
              traits: { Contact: { email: `bulk${n}-${row}@example.com` } },
            })),
          }),
        () =>
          send('POST', `${path}/${profileId}/Observations`, {
            observations: [{ content: `observation ${n}`, source: 'test', occurredAt }],
          }),
        () => send('PATCH', `${path}/${profileId}`, { traits: { Contact: { city: `City ${n}` } } }),
        () => send('POST', `${path}/${profileId}/Identifiers`, { idType: 'phone', value: '+12025550100' }),
        () => send('POST', `${control}/TraitGroups`, { displayName: `Group${n}` }),
        async () => {
          const { importId, url } = await startImport(client, storeId, phoneAndName);
          expect(importId).not.toBe('');
          refused.push(await uploadCsv(url, `phone,name\n+12025550${100 + n},Ada\n`));
        },
      ];
      const before = [0, 1, 2].flatMap(writes).map((write) => write());
      const deletion = client.memory.v1.stores(storeId).remove();
      const after = [3, 4, 5].flatMap(writes).map((write) => write());
      await Promise.allSettled([...before, ...after]);
      return { statusUrl: (await deletion).statusUrl, refused };
    }

    it('ends an import that was under way without an error', async () => {
      const storeId = await createStore(client, 'importing');
      const { url } = await startImport(client, storeId, phoneAndName, 1_000_000);
      const rows = Array.from({ length: 5000 }, (_, n) => `+1202555${String(n).padStart(4, '0')},Ada`);
      expect(await uploadCsv(url, ['phone,name', ...rows, ''].join('\n'))).toBe(200);
      const logged = log.text().length;
      await client.memory.v1.stores(storeId).remove();
      expect(await uploadCsv(url, 'phone,name\n')).toBe(403);
      await server.idle();
      expect(await leftoversOf(storeId)).toEqual([]);
      const lines = log
        .text()
        .slice(logged)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.filter(({ level, msg }) => level >= 40 && /job|import/.test(msg))).toEqual([]);
    });

    it.skipIf(engine === 'SQLite')(
      'lets an import end the rows it was at when it had found the store, and ends it with the next',
      async () => {
        const { db, ids, clock } = server.context;
        const storeId = await createStore(client, 'between-two-looks');
        const { importId } = await startImport(client, storeId);
        const ref = { accountId, storeId, importId };
        const row = await db.reader
          .selectFrom('imports')
          .selectAll()
          .where('id', '=', importId)
          .executeTakeFirstOrThrow();
        const header = { cells: ['phone', 'name'], endByte: 11 };
        const layout = { header, mappings: placeMappings(row, header) };
        const rows = [{ cells: ['+12025550123', 'Ada'], endByte: 28 }];
        const apply = () => applyBatch({ db, ids, clock }, ref, row, layout, rows);

        const isHeld = Promise.withResolvers<void>();
        const isDeleted = Promise.withResolvers<void>();
        const holding = db.transaction(async (tx) => {
          await sql`lock table imports`.execute(tx);
          isHeld.resolve();
          await isDeleted.promise;
        });
        await isHeld.promise;
        const applied = apply();
        await until(someoneWaitsForALock);
        await client.memory.v1.stores(storeId).remove();
        isDeleted.resolve();
        await holding;
        expect(await applied).toMatchObject({ rows_done: 1 });
        expect(await apply()).toBeUndefined();
        await server.idle();
        expect(await leftoversOf(storeId)).toEqual([]);
      },
    );

    it('keeps nothing of a file that was arriving', async () => {
      const storeId = await createStore(client, 'uploading');
      const { url } = await startImport(client, storeId, phoneAndName, 10_000_000);
      const mebibyte = new TextEncoder().encode('phone,name\n'.padEnd(1_048_576, 'x'));
      const deleted = Promise.withResolvers<void>();
      async function* file() {
        yield mebibyte;
        await deleted.promise;
        yield mebibyte;
        yield mebibyte;
      }
      const upload = fetch(url, {
        method: 'PUT',
        body: ReadableStream.from(file()),
        duplex: 'half',
      } as RequestInit).then(async (response) => {
        await response.text();
        return response.status;
      });
      const chunks = () =>
        server.context.db.reader
          .selectFrom('import_chunks')
          .select('position')
          .where('store_id', '=', storeId)
          .execute();
      await until(async () => (await chunks()).length > 0);
      const { statusUrl } = await client.memory.v1.stores(storeId).remove();
      await server.idle();
      expect((await poll(statusUrl)).body).toMatchObject({ status: 'COMPLETED' });
      deleted.resolve();
      expect(await upload).toBe(403);
      expect(await leftoversOf(storeId)).toEqual([]);
    });

    it.skipIf(engine === 'SQLite')(
      'waits for a writer that had found the store, which the request does not',
      async () => {
        const { db } = server.context;
        const storeId = await createStore(client, 'found-before');
        const ref = { accountId, storeId };
        const found = Promise.withResolvers<void>();
        const deleted = Promise.withResolvers<void>();
        const written = db.transaction(async (tx) => {
          const definitions = await getDefinitions(tx, ref);
          found.resolve();
          await deleted.promise;
          const traits = readTraits(
            definitions,
            { Contact: { email: 'late@example.com' } },
            { allowsRemoval: false },
          );
          return upsertProfile(tx, server.context, ref, definitions, traits);
        });
        await found.promise;
        const { statusUrl } = await client.memory.v1.stores(storeId).remove();
        await expect(client.memory.v1.stores(storeId).fetch()).rejects.toMatchObject({ status: 404 });
        await until(someoneWaitsForALock);
        expect((await poll(statusUrl)).body).toMatchObject({ status: 'RUNNING' });
        deleted.resolve();
        await written;
        await server.idle();
        expect((await poll(statusUrl)).body).toMatchObject({ status: 'COMPLETED' });
        expect(await leftoversOf(storeId)).toEqual([]);
      },
    );
  });
});
