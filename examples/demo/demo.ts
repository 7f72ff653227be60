import { parseArgs } from 'node:util';
import { type Dialogue, readDialogues } from './dialogue.ts';
import { createWorkspace, isFoundAgain, type Replayed, remember, replay, type Workspace } from './replay.ts';
import { type DemoServer, startOwnServer, useServer } from './server.ts';
import { showDialogue, showProgress, showTotals } from './show.ts';

/**
 * `npm run demo -- [FILE] [--show N] [--url URL --credentials SID:TOKEN]`: replays dialogues through the official SDK, then
 * shows what is remembered of each customer and what Recall answers. Without --url it starts a server of its own.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    show: { type: 'string', default: '4' },
    url: { type: 'string' },
    credentials: { type: 'string', default: '' },
  },
});

const shippedFile = new URL('dialogues.json', import.meta.url).pathname;
const dialogues = readDialogues(positionals[0] ?? shippedFile);
const server = values.url ? useServer(values.url, values.credentials) : await startOwnServer();
try {
  await run(server, dialogues, Number(values.show));
} finally {
  await server.stop();
}

async function run(server: DemoServer, dialogues: readonly Dialogue[], shown: number): Promise<void> {
  process.stdout.write(`Replaying ${dialogues.length} conversations through the SDK against ${server.url}\n`);
  const workspace = await createWorkspace(server);
  const startedAt = performance.now();
  const replayed: Replayed[] = [];
  // One after the other, as one customer may come back: two live conversations of the same parties would be one.
  for (const dialogue of dialogues) {
    replayed.push(await replay(server, workspace, dialogue));
    showProgress(replayed.length, dialogues.length);
  }
  await server.whenIdle();
  const seconds = (performance.now() - startedAt) / 1000;
  await show(server, workspace, replayed, { shown, seconds });
}

async function show(
  server: DemoServer,
  workspace: Workspace,
  replayed: readonly Replayed[],
  { shown, seconds }: { shown: number; seconds: number },
): Promise<void> {
  let observations = 0;
  let summaries = 0;
  let foundAgain = 0;
  for (const [position, item] of replayed.entries()) {
    const remembered = await remember(server, workspace, item);
    if (position < shown) showDialogue(item, remembered);
    observations += remembered.observations.length;
    summaries += remembered.summaries.length;
    if (await isFoundAgain(server, workspace, item)) foundAgain += 1;
  }
  if (replayed.length > shown)
    process.stdout.write(`\n  … and ${replayed.length - shown} more (--show N shows more)\n`);
  showTotals({
    dialogues: replayed.length,
    messages: replayed.reduce((sum, { messages }) => sum + messages, 0),
    customers: new Set(replayed.map(({ profileId }) => profileId)).size,
    foundAgain,
    observations,
    summaries,
    seconds,
  });
  if (foundAgain < replayed.length || summaries < replayed.length) {
    process.stderr.write('Some customers were not found again or have no summary.\n');
    process.exitCode = 1;
  }
}
