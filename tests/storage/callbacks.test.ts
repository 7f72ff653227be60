import { afterEach, describe, expect, it } from 'vitest';
import {
  type CallbackSender,
  deliveryWorkers,
  dropCallbacks,
  enqueueStranded,
  listDeliveries,
  replayCallbacks,
} from '../../src/callbacks/index.ts';
import { EventBell, recordEvent } from '../../src/events/index.ts';
import { JobQueue } from '../../src/jobs/index.ts';
import { VirtualClock } from '../../src/runtime/clock.ts';
import { createIds } from '../../src/runtime/ids.ts';
import { createLogger } from '../../src/runtime/log.ts';
import type { Database } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { advance, type JobSystem, jobSystem, jobsIn } from '../support/jobs.ts';
import { accountId } from '../support/rows.ts';

const conversationId = 'conv_conversation_1';
const ref = { accountId, conversationId };
const targets = [{ url: 'https://example.com/hook', method: 'POST' }];

/** The world outside: notes what is sent there, and answers a status. */
class Receiver implements CallbackSender {
  readonly received: string[] = [];
  answer: (name: string) => number | Promise<number> = () => 200;

  async send({ body }: Parameters<CallbackSender['send']>[0]) {
    const { name } = (JSON.parse(String(body)) as { data: { name: string } }).data;
    this.received.push(name);
    return { status: await this.answer(name), retryAfter: undefined, body: '' };
  }

  [Symbol.dispose](): void {}
}

const systems: JobSystem[] = [];

/** The part of a server that records events and delivers them. */
async function startServer(db: Database, sender: CallbackSender, clock = new VirtualClock()) {
  const ids = createIds(clock);
  const context = {
    db,
    clock,
    ids,
    jobs: new JobQueue({ db, clock, ids }),
    log: createLogger('silent'),
    signingTokens: { find: async () => 'token', ensure: async () => 'token' },
    eventBell: new EventBell(db.signals),
  };
  const workers = deliveryWorkers(context, {
    sender,
    version: '1',
    random: () => 0.5,
    onAttempt: () => undefined,
  });
  const system = jobSystem(db, { workers, clock, laneLimits: { callbacks: { concurrency: 8 } } });
  systems.push(system);
  await system.runner.start();
  const jobs = system.queue;
  /** Records an event of this name, as whoever changes a conversation does. */
  const happen = (name: string, conversation = conversationId, callbacks = targets) =>
    db.transaction(async (tx) => {
      await db.lock(tx, `conversation:${conversation}`);
      await recordEvent(
        tx,
        { ...context, jobs },
        {
          accountId,
          conversationId: conversation,
          type: 'CONVERSATION_UPDATED',
          data: { name },
          profileIds: [],
          callbacks,
        },
      );
    });
  return { system, context: { ...context, jobs }, happen, idle: () => system.runner.whenIdle() };
}

async function statesIn(db: Database): Promise<[state: string, attempts: number, error: string | null][]> {
  const deliveries = await listDeliveries(db.reader, {}, 1000);
  return deliveries.map(({ state, attempts, last_error }) => [state, attempts, last_error]);
}

const minuteMs = 60_000;

describeOnEachDatabase('callbacks', (databases) => {
  afterEach(async () => {
    for (const system of systems.splice(0)) await system.stop();
  });

  it('are delivered in the order of their events, and nothing is left of them', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    const { happen, idle } = await startServer(db, receiver);
    const names = Array.from({ length: 60 }, (_, at) => `event ${at}`);
    for (const name of names) await happen(name);
    await idle();
    expect(receiver.received).toEqual(names);
    expect([await statesIn(db), await jobsIn(db)]).toEqual([[], []]);
  });

  it('are stranded by no race between those who record events and the run that ends', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    const { happen, idle } = await startServer(db, receiver);
    // Whoever hears of an event causes the next one, just when the run looks whether there is more.
    let caused = 0;
    const causing: Promise<void>[] = [];
    receiver.answer = (name) => {
      const [conversation = ''] = name.split(' ');
      if (caused < 200) causing.push(happen(`${conversation} ${caused++}`, conversation));
      return 200;
    };
    await Promise.all(['a', 'b', 'c', 'd'].map((conversation) => happen(`${conversation} -1`, conversation)));
    while (caused < 200) await idle();
    await Promise.all(causing);
    await idle();
    expect(receiver.received).toHaveLength(204);
    for (const conversation of ['a', 'b', 'c', 'd']) {
      const order = receiver.received
        .filter((name) => name.startsWith(conversation))
        .map((name) => Number(name.split(' ')[1]));
      expect(order).toEqual(order.toSorted((one, other) => one - other));
    }
    expect([await statesIn(db), await jobsIn(db)]).toEqual([[], []]);
  });

  it('that fail hold back those behind them, keep their attempts, and become dead letters', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    receiver.answer = (name) => (name === 'bad' ? 500 : 200);
    const { system, happen, idle } = await startServer(db, receiver);
    for (const name of ['bad', 'good']) await happen(name);
    await idle();
    expect(await statesIn(db)).toEqual([
      ['waiting', 1, 'status 500'],
      ['waiting', 0, null],
    ]);
    await advance(system, 1000 + 5000 + 30_000 + 2 * minuteMs);
    expect(receiver.received).toEqual(Array(5).fill('bad'));
    await advance(system, 10 * minuteMs);
    expect(receiver.received).toEqual([...Array(6).fill('bad'), 'good']);
    expect([await statesIn(db), await jobsIn(db)]).toEqual([[['dead', 6, 'status 500']], []]);
  });

  it('that are dead are replayed before what waits, with all of their attempts', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    receiver.answer = (name) => (name === 'waiting' ? 503 : 404);
    const { system, context, happen, idle } = await startServer(db, receiver);
    for (const name of ['first', 'second', 'waiting']) await happen(name);
    await idle();
    receiver.answer = (name) => (name === 'first' ? 503 : 200);
    expect(await replayCallbacks(context, {})).toBe(2);
    await idle();
    expect(receiver.received.slice(3)).toEqual(['first']);
    await advance(system, minuteMs);
    expect(receiver.received.slice(3)).toEqual(['first', 'first', 'first', 'first']);
    receiver.answer = () => 200;
    await advance(system, 10 * minuteMs);
    expect(receiver.received.slice(7)).toEqual(['first', 'second', 'waiting']);
    expect([await statesIn(db), await jobsIn(db)]).toEqual([[], []]);
    expect(await replayCallbacks(context, {})).toBe(0);
  });

  it('that are dead are replayed one by one, or for one account', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    receiver.answer = () => 404;
    const { context, happen, idle } = await startServer(db, receiver);
    for (const name of ['first', 'second']) await happen(name);
    await idle();
    receiver.answer = () => 200;
    const [first] = await listDeliveries(db.reader, { state: 'dead' }, 10);
    expect(await replayCallbacks(context, { accountId: 'AC2', id: first?.id })).toBe(0);
    expect(await replayCallbacks(context, { accountId, id: first?.id })).toBe(1);
    await idle();
    expect(receiver.received.slice(2)).toEqual(['first']);
    expect(await statesIn(db)).toEqual([['dead', 1, 'status 404']]);
  });

  it('that wait without a job get one at the start of a server', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    receiver.answer = () => 404;
    const { context, happen, idle } = await startServer(db, receiver);
    await happen('dead');
    await idle();
    receiver.answer = () => 500;
    await happen('stranded');
    await idle();
    receiver.answer = () => 200;
    await db.transaction((tx) => tx.deleteFrom('jobs').execute());
    await enqueueStranded(context);
    expect(await jobsIn(db)).toHaveLength(1);
    await idle();
    expect(receiver.received).toEqual(['dead', 'stranded', 'stranded']);
    await enqueueStranded(context);
    expect([await statesIn(db), await jobsIn(db)]).toEqual([[['dead', 1, 'status 404']], []]);
  });

  it('whose job is there are not enqueued twice at the start of a server', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    receiver.answer = () => 500;
    const { context, happen, idle } = await startServer(db, receiver);
    await happen('waiting');
    await idle();
    const before = await jobsIn(db);
    await enqueueStranded(context);
    expect(await jobsIn(db)).toEqual(before);
  });

  it('are dropped for the targets that a conversation loses, dead letters and other conversations aside', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    const kept = { url: 'https://kept.example.com/', method: 'POST' };
    const both = [...targets, kept];
    receiver.answer = (name) => (name === 'dead' ? 404 : 500);
    const { context, happen, idle } = await startServer(db, receiver);
    await happen('dead', conversationId, both);
    await happen('dropped', conversationId, both);
    await happen('other', 'conv_conversation_2', both);
    await idle();
    await db.transaction(async (tx) => {
      await db.lock(tx, `conversation:${conversationId}`);
      await dropCallbacks(tx, context, ref, { except: [kept] });
    });
    const left = await listDeliveries(db.reader, {}, 100);
    expect(
      left.map(({ conversation_id: id, url, state }) => [id.at(-1), new URL(url).hostname, state]),
    ).toEqual(
      expect.arrayContaining([
        ['1', 'example.com', 'dead'],
        ['1', 'kept.example.com', 'dead'],
        ['1', 'kept.example.com', 'waiting'],
        ['2', 'example.com', 'waiting'],
        ['2', 'kept.example.com', 'waiting'],
      ]),
    );
    expect([left.length, (await jobsIn(db)).length]).toEqual([5, 3]);
  });

  it('that are dropped while one is on the wire are not sent', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    const isOnWire = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<number>();
    receiver.answer = () => {
      isOnWire.resolve();
      return gate.promise;
    };
    const { context, happen, idle } = await startServer(db, receiver);
    for (const name of ['on the wire', 'behind it']) await happen(name);
    await isOnWire.promise;
    await db.transaction(async (tx) => {
      await db.lock(tx, `conversation:${conversationId}`);
      await dropCallbacks(tx, context, ref, { except: [] });
    });
    gate.resolve(500);
    await idle();
    expect(receiver.received).toEqual(['on the wire']);
    expect([await statesIn(db), await jobsIn(db)]).toEqual([[], []]);
  });

  it('whose event is gone are dead letters, and hold up nothing', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    receiver.answer = () => 500;
    const { system, happen, idle } = await startServer(db, receiver);
    await happen('gone');
    await idle();
    await db.transaction((tx) => tx.deleteFrom('events').execute());
    await happen('there');
    receiver.answer = () => 200;
    await advance(system, minuteMs);
    expect(receiver.received).toEqual(['gone', 'there']);
    expect(await statesIn(db)).toEqual([['dead', 2, 'the event is gone']]);
  });

  it('whose runs come to no end are given up in the end', async () => {
    const db = await databases.open();
    const receiver = new Receiver();
    receiver.answer = (name) => {
      if (name === 'poison') throw new Error('the process is gone');
      return 200;
    };
    const { system, happen } = await startServer(db, receiver);
    for (const name of ['poison', 'behind it']) await happen(name);
    await advance(system, 24 * 60 * minuteMs);
    expect(receiver.received).toEqual([...Array(20).fill('poison'), 'behind it']);
    expect([await statesIn(db), await jobsIn(db)]).toEqual([[['dead', 1, 'no attempt came to an end']], []]);
  });

  describe.runIf(databases.engine === 'PostgreSQL')('of two servers', () => {
    it('are delivered once each and in order', async () => {
      const receiver = new Receiver();
      const clock = new VirtualClock();
      const one = await startServer(await databases.open(), receiver, clock);
      const other = await startServer(await databases.openAgain(), receiver, clock);
      const conversations = ['a', 'b', 'c', 'd', 'e', 'f'];
      const names = Array.from({ length: 20 }, (_, at) => at);
      await Promise.all(
        conversations.map(async (conversation) => {
          for (const at of names) {
            await (at % 2 === 0 ? one : other).happen(`${conversation} ${at}`, conversation);
          }
        }),
      );
      await one.idle();
      for (const conversation of conversations) {
        const got = receiver.received.filter((name) => name.startsWith(conversation));
        expect(got).toEqual(names.map((at) => `${conversation} ${at}`));
      }
      expect(await jobsIn(one.context.db)).toEqual([]);
    });
  });
});
