import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createConfiguration } from '../support/conversations.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';
import { type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import {
  type Form,
  fragmentForm,
  ingest,
  listEvents,
  messageForm,
  postForm,
  uniqueCustomer,
  uniqueSid,
} from '../support/webhooks.ts';

const atOnce = 50;
const engines = [
  { engine: 'SQLite', skip: false },
  {
    engine: whyNoPostgres ? `PostgreSQL (${whyNoPostgres})` : 'PostgreSQL',
    skip: whyNoPostgres !== undefined,
  },
];
const groupings = [
  'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
  'GROUP_BY_PARTICIPANT_ADDRESSES',
  'GROUP_BY_PROFILE',
] as const;

describe.each(engines)('messages that come at once, on $engine', ({ engine, skip }) => {
  describe.skipIf(skip)('of the same parties', () => {
    let postgres: PostgresServer | undefined;
    let server: TestServer;
    let client: SdkClient;
    beforeAll(async () => {
      if (engine === 'PostgreSQL') postgres = await startPostgres();
      const env = postgres ? { DATABASE_URL: await postgres.createDatabase() } : {};
      ({ server, client } = await startServerWithSdk({ env }));
    });
    afterAll(async () => {
      await server?.stop();
      await postgres?.stop();
    });

    /** A configuration for a number of its own, and the forms of messages to it. */
    async function configure(conversationGroupingType: string) {
      const [customer, ours] = [uniqueCustomer(), uniqueCustomer()];
      const settings = {
        statusTimeouts: { inactive: 10, closed: 60 },
        captureRules: [
          { from: '*', to: ours },
          { from: ours, to: '*' },
        ],
      };
      const configurationId = await createConfiguration(client, {
        conversationGroupingType,
        channelSettings: { SMS: settings, VOICE: settings },
      });
      const form = (at: number) =>
        at % 2 === 0
          ? messageForm({ From: customer, To: ours })
          : messageForm({ From: ours, To: customer, Direction: 'outbound-api' });
      return { configurationId, customer, ours, forms: Array.from({ length: atOnce }, (_, at) => form(at)) };
    }

    async function post(forms: readonly Form[], path = `${ingest}/messages`): Promise<void> {
      const replies = await Promise.all(forms.map((form) => postForm(server, path, form)));
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    }

    const conversationsOf = async (configurationId: string) => {
      const all = await client.conversations.v2.conversations.list({ pageSize: 1000 });
      return all.filter((conversation) => conversation.configurationId === configurationId);
    };
    const sidsIn = async (conversationId = '') => {
      const said = await client.conversations.v2.communications(conversationId).list({ pageSize: 1000 });
      return said.map(({ resourceId }) => resourceId);
    };
    const sidsOf = (forms: readonly Form[]) => forms.map(({ MessageSid }) => MessageSid).sort();

    it.each(groupings)('make one conversation with %s', async (grouping) => {
      const { configurationId, forms } = await configure(grouping);
      await post(forms);
      const [conversation, ...others] = await conversationsOf(configurationId);
      expect(others).toEqual([]);
      expect(conversation?.participants?.map(({ type }) => type).sort()).toEqual(['AGENT', 'CUSTOMER']);
      expect((await sidsIn(conversation?.id)).sort()).toEqual(sidsOf(forms));
      const events = (await listEvents(server, conversation?.id)).map(({ type }) => type);
      expect(events.slice(0, 3)).toEqual(['CONVERSATION_CREATED', 'PARTICIPANT_ADDED', 'PARTICIPANT_ADDED']);
      expect(events.slice(3)).toEqual(Array(atOnce).fill('COMMUNICATION_CREATED'));
    });

    it.each(
      groupings,
    )('are each recorded once with %s, however often they are delivered', async (grouping) => {
      const { configurationId, forms } = await configure(grouping);
      const few = forms.slice(0, 10);
      await post(few.flatMap((form) => Array<Form>(5).fill(form)));
      const [conversation, ...others] = await conversationsOf(configurationId);
      expect(others).toEqual([]);
      expect((await sidsIn(conversation?.id)).sort()).toEqual(sidsOf(few));
      expect(await listEvents(server, conversation?.id)).toHaveLength(3 + few.length);
    });

    it('make one conversation in each of two configurations', async () => {
      const { configurationId: first, ours, forms } = await configure('GROUP_BY_PROFILE');
      const rules = [
        { from: '*', to: ours },
        { from: ours, to: '*' },
      ];
      const second = await createConfiguration(client, { channelSettings: { SMS: { captureRules: rules } } });
      await post([...forms, ...forms]);
      for (const configurationId of [first, second]) {
        const [conversation, ...others] = await conversationsOf(configurationId);
        expect(others).toEqual([]);
        expect((await sidsIn(conversation?.id)).sort()).toEqual(sidsOf(forms));
      }
    });

    it('make one profile of a customer that nobody knew', async () => {
      const { configurationId, customer, forms } = await configure('GROUP_BY_PROFILE');
      const other = await configure('GROUP_BY_PARTICIPANT_ADDRESSES');
      const toOther = forms.map(() => messageForm({ From: customer, To: other.ours }));
      await post([...forms, ...toOther]);
      const found = await Promise.all([configurationId, other.configurationId].map(conversationsOf));
      const profiles = found
        .flat()
        .flatMap(({ participants = [] }) => participants.map(({ profileId }) => profileId));
      expect(profiles.filter((profileId) => profileId !== undefined)).toHaveLength(2);
      expect(new Set(profiles).size).toBe(2);
    });

    it('make one conversation of a call, whichever callback comes first', async () => {
      const { configurationId, customer, ours } = await configure(groupings[0]);
      const callSid = uniqueSid('CA');
      const ends = { From: customer, To: ours };
      const fragments = Array.from({ length: 20 }, () => fragmentForm(callSid, 'hello', ends));
      const start = {
        ...ends,
        TranscriptionEvent: 'transcription-started',
        CallSid: callSid,
        TranscriptionSid: 'GT1',
      };
      await post([...fragments, start, start, ...fragments], `${ingest}/transcriptions`);
      const [conversation, ...others] = await conversationsOf(configurationId);
      expect(others).toEqual([]);
      expect(await sidsIn(conversation?.id)).toHaveLength(fragments.length);
    });

    it('are all recorded while the conversation is closed again and again', async () => {
      const { configurationId, forms } = await configure(groupings[0]);
      const close = async () => {
        for (const { id = '' } of await conversationsOf(configurationId))
          await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
      };
      await Promise.all([post(forms.slice(0, 25)), close(), close(), post(forms.slice(25)), close()]);
      const conversations = await conversationsOf(configurationId);
      const recorded = await Promise.all(conversations.map(({ id }) => sidsIn(id)));
      expect(recorded.flat().sort()).toEqual(sidsOf(forms));
      expect(conversations.filter(({ status }) => status !== 'CLOSED').length).toBeLessThanOrEqual(1);
    });

    // On SQLite writers stand in line, so nothing comes between.
    it.skipIf(engine === 'SQLite')(
      'look again when their conversation closes before they hold it',
      async () => {
        const { configurationId, forms } = await configure(groupings[0]);
        await post(forms.slice(0, 1));
        const [{ id = '' } = {}] = await conversationsOf(configurationId);
        const { db } = server.context;
        let posting: Promise<void> | undefined;
        await db.transaction(async (tx) => {
          await db.lock(tx, `conversation:${id}`);
          posting = post(forms.slice(1, 2));
          await untilSomebodyWaits(server);
          await tx.updateTable('conversations').set({ status: 'CLOSED' }).where('id', '=', id).execute();
          await tx.deleteFrom('grouping_keys').where('conversation_id', '=', id).execute();
        });
        await posting;
        const [second, first, ...others] = await conversationsOf(configurationId);
        expect([first?.id, others]).toEqual([id, []]);
        expect(await sidsIn(second?.id)).toEqual(sidsOf(forms.slice(1, 2)));
        expect(await sidsIn(first?.id)).toEqual(sidsOf(forms.slice(0, 1)));
      },
    );

    it('are all recorded while participants come and go', async () => {
      const { configurationId, customer, ours, forms } = await configure('GROUP_BY_PROFILE');
      await post(forms.slice(0, 1));
      const [{ id = '', participants = [] } = {}] = await conversationsOf(configurationId);
      const path = `/v2/Conversations/${id}/Participants`;
      const change = async (at: number) => {
        const extra = { channel: 'SMS', address: uniqueCustomer() };
        const put = { type: 'CUSTOMER', addresses: [{ channel: 'SMS', address: customer }, extra] };
        const added = { type: 'HUMAN_AGENT', addresses: [{ channel: 'SMS', address: uniqueCustomer() }] };
        const reply =
          at % 2 === 0
            ? await server.request('PUT', `${path}/${participants[0]?.id}`, put)
            : await server.request('POST', path, added);
        expect([200, 201]).toContain(reply.status);
      };
      await Promise.all([post(forms.slice(1)), ...Array.from({ length: 20 }, (_, at) => change(at))]);
      const [conversation, ...others] = await conversationsOf(configurationId);
      expect(others).toEqual([]);
      expect((await sidsIn(conversation?.id)).sort()).toEqual(sidsOf(forms));
      expect(conversation?.participants?.filter(({ type }) => type === 'AGENT')).toMatchObject([
        { addresses: [{ address: ours }] },
      ]);
    });
  });
});

/** Resolves when a transaction waits for a lock that another one holds. */
async function untilSomebodyWaits({ context }: TestServer): Promise<void> {
  for (;;) {
    const waiting = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`.execute(
      context.db.reader,
    );
    if (waiting.rows.length > 0) return;
    await setTimeout(10);
  }
}
