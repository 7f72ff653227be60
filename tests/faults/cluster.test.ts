import { describe, expect, it, onTestFinished } from 'vitest';
import { testAccount } from '../../src/testing/index.ts';
import { startCluster } from '../support/cluster.ts';
import {
  assess,
  type Chat,
  prepare,
  readConversations,
  readMemories,
  tell,
} from '../support/cluster-story.ts';
import { isPostgresOurs, startOwnPostgres } from '../support/postgres-server.ts';
import { seededRandom } from '../support/random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { startUnreliableReceiver } from '../support/unreliable-receiver.ts';
import { until } from '../support/until.ts';

const seed = Number(process.env['RAPPORT_TEST_SEED'] ?? 1);
const kills = 4;
const seconds = 1000;

/** Each says something worth remembering in the second message, and small talk around it. */
const chats: Chat[] = Array.from({ length: 12 }, (_, number) => {
  const texts = [
    'Hello, how can I help?',
    `My order ${4400 + number} arrived broken, and I would like a refund to my card.`,
    'I am sorry to hear that. I have started the refund.',
    ...Array.from({ length: 12 }, (_line, line) => (line % 2 ? 'One moment please.' : 'Thank you.')),
  ];
  return {
    customer: `+1202555${String(110 + number).padStart(4, '0')}`,
    messages: texts.map((text, turn) => ({
      sid: `SM${String(number).padStart(16, '0')}${String(turn).padStart(16, '0')}`,
      isFromCustomer: turn % 2 === 1,
      text,
    })),
  };
});
const total = chats.reduce((sum, { messages }) => sum + messages.length, 0);

describe.skipIf(!isPostgresOurs)('five processes on one PostgreSQL', () => {
  it(
    `lose and double nothing while they are killed one by one, and PostgreSQL is started again (RAPPORT_TEST_SEED=${seed})`,
    async () => {
      const postgres = await startOwnPostgres();
      onTestFinished(() => postgres.stop());
      const receiver = await startUnreliableReceiver({ authToken: testAccount.authToken, failShare: 0 });
      onTestFinished(() => receiver.die());
      const cluster = await startCluster({
        databaseUrl: await postgres.createDatabase(),
        dataDir: temporaryFolder(),
        servers: 3,
        workers: 2,
        env: { RAPPORT_ALLOW_PRIVATE_CALLBACKS: 'true' },
      });
      onTestFinished(() => cluster.stop());
      const { storeId } = await prepare(cluster, { callbackUrl: receiver.url });

      const random = seededRandom(seed);
      let underWay: Promise<unknown> = Promise.resolve();
      let troubles = 0;
      const trouble = new Map<number, () => Promise<unknown>>([
        ...Array.from({ length: kills }, (_, kill): [number, () => Promise<unknown>] => [
          Math.round(((kill + 1) * total) / (kills + 2)),
          () => cluster.replace(Math.floor(random() * cluster.size)),
        ]),
        [Math.round(total / 2) + 1, () => postgres.restart()],
      ]);
      await tell(cluster, chats, {
        atOnce: 6,
        // One after the other; who posts the message that a trouble comes with waits for the one before, the others go on.
        onPosted: async (count) => {
          const cause = trouble.get(count);
          if (!cause) return;
          await underWay;
          underWay = cause();
          troubles += 1;
        },
      });
      await underWay;
      expect(troubles).toBe(kills + 1);

      const told = await readConversations(cluster);
      for (const { id } of told)
        await cluster.request('PUT', `/v2/Conversations/${id}`, { status: 'CLOSED' });
      await cluster.idle();
      const wanted = sumOfEvents(told);
      await until(() => new Set(receiver.delivered.map(({ token }) => token)).size >= wanted);
      expect(assess({ chats, told, delivered: receiver.delivered, endings: ['CLOSED'] })).toEqual({
        messagesLost: 0,
        messagesTwice: 0,
        conversationsTwice: 0,
        conversationsOutOfOrder: 0,
        eventsLost: 0,
        eventsTooMany: 0,
        eventsOutOfOrder: 0,
      });
      const memories = [...(await readMemories(cluster, storeId, chats)).entries()];
      for (const [at, [, contents]] of memories.entries()) {
        expect(contents.filter((content) => content.includes(String(4400 + at)))).toHaveLength(1);
        expect(new Set(contents).size).toBe(contents.length);
      }
      expect(new Set(memories.map(([, contents]) => contents.length)).size).toBe(1);
    },
    150 * seconds,
  );
});

/** Of its creation, its two participants, its communications and its end. */
function sumOfEvents(told: readonly { communicationIds: readonly string[] }[]): number {
  return told.reduce((sum, { communicationIds }) => sum + communicationIds.length + 4, 0);
}
