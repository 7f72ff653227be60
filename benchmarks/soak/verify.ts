import { setTimeout as delay } from 'node:timers/promises';
import { testAccount } from '../../src/testing/index.ts';
import { rapport } from '../../tests/support/cli.ts';
import { assess, readConversations } from '../../tests/support/cluster-story.ts';
import type { Delivered } from '../../tests/support/unreliable-receiver.ts';
import { readQueue, type Stage } from './stage.ts';
import type { Dialogue } from './traffic.ts';

const pollMs = 1000;
/** With the queue as long as it was for so long, what is left waits for its time. */
const stillMs = 3000;
/** Longer than any attempt waits for the next. */
const stepMs = 900_000;
const patienceMs = 300_000;
const checksAtOnce = 16;

/** Waits until nothing is left to do; where things wait for their next attempt, the clock is moved to it. */
export async function drain(stage: Stage): Promise<{ seconds: number; left: number; givenUp: number }> {
  const startedAt = performance.now();
  let shortest = { depth: Number.POSITIVE_INFINITY, at: startedAt };
  for (;;) {
    const now = performance.now();
    const { depth, dead } = await readQueue(stage);
    process.stderr.write(`${depth} left to do\n`);
    if (depth < shortest.depth) shortest = { depth, at: now };
    if (depth === 0 || now - startedAt > patienceMs)
      return { seconds: (now - startedAt) / 1000, left: depth, givenUp: dead };
    if (now - shortest.at > stillMs) {
      stage.stepClock(stepMs);
      shortest = { depth, at: now };
    }
    await delay(pollMs);
  }
}

/**
 * What was given up after its last attempt comes again by the command line, as an operator would have it. Tokens of what came
 * only then.
 */
export async function replayGivenUp(stage: Stage): Promise<Set<string>> {
  const before = new Set(stage.receiver.delivered.map(({ token }) => token));
  const { exitCode, stderr } = await rapport(['callbacks', 'replay'], {
    RAPPORT_DATA_DIR: stage.dataDir,
    RAPPORT_ACCOUNT_SID: testAccount.sid,
    RAPPORT_AUTH_TOKEN: testAccount.authToken,
  });
  if (exitCode !== 0) throw new Error(`callbacks replay ended with ${exitCode}: ${stderr}`);
  await drain(stage);
  return new Set(stage.receiver.delivered.map(({ token }) => token).filter((token) => !before.has(token)));
}

/** Everything that was acknowledged and is not there, or not as it was; all of it is 0 where nothing went wrong. */
export async function verify(stage: Stage, dialogues: readonly Dialogue[], replayed: ReadonlySet<string>) {
  let [profilesLost, observationsLost] = [0, 0];
  const waiting = dialogues.filter(({ profileId }) => profileId).values();
  const check = async () => {
    for (const dialogue of waiting) {
      const path = `/v1/Stores/${stage.storeId}/Profiles/${dialogue.profileId}`;
      if ((await stage.requests.request('GET', path)).status !== 200) profilesLost += 1;
      observationsLost += await countLost(stage, path, dialogue.observations);
    }
  };
  await Promise.all(Array.from({ length: checksAtOnce }, check));
  const damage = assess({
    chats: dialogues.filter(({ conversationId }) => conversationId),
    told: await readConversations(stage.requests),
    delivered: stage.receiver.delivered.filter((event) => !isOfTimer(event)),
    endings: ['CLOSED'],
    replayed,
  });
  return { profilesLost, observationsLost, ...damage };
}

/** The step of the clock makes conversations quiet, and messages wake them: whose, depends on the moment. */
function isOfTimer({ eventType, status }: Delivered): boolean {
  return eventType === 'CONVERSATION_UPDATED' && status !== 'CLOSED';
}

async function countLost(stage: Stage, profilePath: string, contents: readonly string[]): Promise<number> {
  if (contents.length === 0) return 0;
  const { body } = await stage.requests.request<{ observations: { content: string }[] }>(
    'GET',
    `${profilePath}/Observations?pageSize=100`,
  );
  const found = new Set(body.observations?.map(({ content }) => content));
  return contents.filter((content) => !found.has(content)).length;
}
