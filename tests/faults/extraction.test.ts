import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { TestServer } from '../../src/testing/index.ts';
import { createWorld } from '../support/acknowledged-writes.ts';
import { type ChildServer, startChildServer } from '../support/child-server.ts';
import { agent, createConfiguration, createConversation, customer, say } from '../support/conversations.ts';
import { enginesOfServers } from '../support/engines.ts';
import {
  type DataLine,
  type LanguageModelServer,
  notes,
  startLanguageModelServer,
} from '../support/language-model-server.ts';
import { endLeases } from '../support/leases.ts';
import { memoriesOf, sayTo } from '../support/memories.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { seededRandom } from '../support/random.ts';
import { refuse } from '../support/refusal.ts';
import { createStore, type SdkClient, startServerWithSdk } from '../support/sdk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const seconds = 1000;
const seed = Number(process.env['RAPPORT_TEST_SEED'] ?? 1);
const killDelayMaxMs = 40;

interface Step {
  readonly step: string;
  readonly event: 'insert' | 'update' | 'delete';
  readonly table: string;
  readonly when?: string;
}

/** Each thing that is written on the way. */
const steps: readonly Step[] = [
  { step: 'setting tokens aside', event: 'update', table: 'model_usage', when: 'new.tokens > old.tokens' },
  {
    step: 'putting the tokens right',
    event: 'update',
    table: 'model_usage',
    when: 'new.tokens < old.tokens',
  },
  {
    step: 'noting how far it came',
    event: 'update',
    table: 'conversations',
    when: 'new.extracted_through is not null',
  },
  { step: 'keeping a revision', event: 'insert', table: 'observation_revisions' },
  { step: 'revising an observation', event: 'update', table: 'observations' },
  { step: 'adding an observation', event: 'insert', table: 'observations' },
  { step: 'noting where it comes from', event: 'insert', table: 'observation_provenance' },
  { step: 'writing the summary', event: 'insert', table: 'conversation_summaries' },
  { step: 'ending the job', event: 'delete', table: 'jobs', when: "old.name = 'conversation.extract'" },
];

describe.each(enginesOfServers)('extraction on $engine', ({ engine, skip }) => {
  let postgres: PostgresServer | undefined;
  let model: LanguageModelServer;

  beforeAll(async () => {
    if (!skip && engine === 'PostgreSQL') postgres = await startPostgres();
    model = await startLanguageModelServer();
  });
  afterAll(async () => {
    await model.stop();
    await postgres?.stop();
  });

  const databaseEnv = async () => (postgres ? { DATABASE_URL: await postgres.createDatabase() } : undefined);

  describe('with a database that fails', () => {
    let server: TestServer;
    let client: SdkClient;
    let storeId: string;
    let configurationId: string;

    beforeAll(async () => {
      if (skip) return;
      ({ server, client } = await startServerWithSdk({ env: { ...model.env, ...(await databaseEnv()) } }));
      storeId = await createStore(client, 'faults');
      configurationId = await createConfiguration(client, {
        memoryStoreId: storeId,
        memoryExtractionEnabled: true,
      });
    });
    afterAll(() => server?.stop());

    async function closedTalk(number: string): Promise<string> {
      const { id, participants } = await createConversation(client, configurationId, [
        customer(number),
        agent('+12025550100'),
      ]);
      await say(client, id, { text: 'Those are my bees.', from: number, to: '+12025550100' });
      await client.conversations.v2.conversations(id).update({ status: 'CLOSED' });
      await server.idle();
      return participants.find(({ type }) => type === 'CUSTOMER')?.profileId ?? '';
    }

    async function memoriesIn(profileId: string) {
      const observations = await client.memory.v1.observations(storeId, profileId).list();
      const summaries = await client.memory.v1.conversationSummaries(storeId, profileId).list();
      return {
        contents: observations.map(({ content }) => content).toSorted(),
        summaries: summaries.map(({ content }) => content).toSorted(),
      };
    }

    it.skipIf(skip).each(steps.map((step, at) => ({ ...step, number: `+120255501${20 + at}` })))(
      'at $step writes nothing, and everything once when it works again',
      async ({ event, table, when, number }) => {
        model.answer = () => notes([{ content: 'Customer keeps bees.' }], 'About bees.');
        const profileId = await closedTalk(number);
        const before = { contents: ['Customer keeps bees.'], summaries: ['About bees.'] };
        expect(await memoriesIn(profileId)).toEqual(before);

        model.answer = (data) => notes(hivesAndHoney(data), 'About honey.');
        const allow = await refuse(server.context.db, event, table, when);
        await closedTalk(number);
        expect(await memoriesIn(profileId)).toEqual(before);
        await allow();
        await server.advance(60);
        expect(await memoriesIn(profileId)).toEqual({
          contents: ['Customer keeps forty hives.', 'Customer sells honey.'],
          summaries: ['About bees.', 'About honey.'],
        });
      },
    );
  });

  describe('by a server that is killed', () => {
    const answer = () =>
      notes([{ content: 'Customer keeps bees.' }, { content: 'Customer sells honey.' }], 'About bees.');

    /** Closes a conversation, and kills the server when the model has been asked and `delayMs` have passed. */
    async function killWhileExtracting(
      { state, delayMs }: { state: LanguageModelServer['state']; delayMs: number },
      database: { readonly DATABASE_URL: string } | undefined,
    ) {
      const dataDir = temporaryFolder();
      const own = await startLanguageModelServer();
      onTestFinished(() => own.stop());
      Object.assign(own, { answer, state });
      const env = { ...own.env, ...database };
      const start = async (): Promise<ChildServer> => {
        const server = await startChildServer({ dataDir, env });
        onTestFinished(() => server.kill());
        return server;
      };
      const server = await start();
      const { storeId, conversationId } = await createWorld(server);
      await sayTo(server, conversationId, 'Those are my bees.');
      await server.request('PUT', `/v2/Conversations/${conversationId}`, { status: 'CLOSED' });
      await own.asked(1);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      await server.kill();
      if (database) await endLeases(database.DATABASE_URL);
      own.state = 'up';
      const next = await start();
      expect((await next.request('POST', '/rapport/v1/idle')).status).toBe(200);
      return memoriesOf(next, storeId);
    }

    it.skipIf(skip)(
      `remembers everything once, whenever that is (RAPPORT_TEST_SEED=${seed})`,
      async () => {
        const random = seededRandom(seed);
        const kills = [
          { state: 'silent' as const, delayMs: 0 },
          ...[random(), random()].map((share) => ({
            state: 'up' as const,
            delayMs: share * killDelayMaxMs,
          })),
        ];
        const runs: ReturnType<typeof killWhileExtracting>[] = [];
        for (const kill of kills) runs.push(killWhileExtracting(kill, await databaseEnv()));
        const found = await Promise.all(runs);
        for (const { contents, summaries } of found) {
          expect(contents.toSorted()).toEqual(['Customer keeps bees.', 'Customer sells honey.']);
          expect(summaries).toEqual(['About bees.']);
        }
      },
      120 * seconds,
    );
  });
});

/** Puts right what the profile holds, and adds to it. */
function hivesAndHoney(data: readonly DataLine[]) {
  const known = data.find(({ observationOfProfile }) => observationOfProfile !== undefined);
  return [
    { content: 'Customer keeps forty hives.', updates: String(known?.['observationOfProfile']) },
    { content: 'Customer sells honey.' },
  ];
}
