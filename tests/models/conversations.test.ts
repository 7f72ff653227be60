import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import { describeOnEachDatabase } from '../support/databases.ts';
import { expectAllSaid } from '../support/models/conversation-commands.ts';
import { createModel } from '../support/models/conversation-model.ts';
import { configurations, stories } from '../support/models/conversation-stories.ts';
import {
  type RestartableServer,
  retire,
  serveConversations,
  startRestartableServer,
} from '../support/models/served-conversations.ts';

/**
 * Conversations against a model of them: whatever callers and time do, in whatever order, the server answers what the contract
 * says. RAPPORT_FUZZ_RUNS sets how many stories are played through on each database, RAPPORT_FUZZ_SEED another seed.
 */
const runs = Number(process.env['RAPPORT_FUZZ_RUNS'] ?? 10);
const seed = Number(process.env['RAPPORT_FUZZ_SEED'] ?? 20260330);
/** Time for finding the shortest story that goes wrong, which takes many tries. */
const timeoutMs = 600_000 + runs * 2_000;

describeOnEachDatabase('conversations', (databases) => {
  let server: RestartableServer;
  beforeAll(async () => {
    server = await startRestartableServer(await databases.location());
  });
  afterAll(() => server?.stop());

  it('are as the model has them after everything that happens', { timeout: timeoutMs }, async () => {
    const property = fc.asyncProperty(configurations, stories, async (settings, story) => {
      const served = await serveConversations(server, settings);
      const model = createModel(settings, server.current().context.clock.now());
      try {
        await fc.asyncModelRun(() => ({ model, real: served }), story);
        await expectAllSaid(model, served);
      } finally {
        await retire(served);
      }
    });
    await fc.assert(property, { numRuns: runs, seed, unbiased: true });
  });
});
