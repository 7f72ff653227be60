import { expect, it } from 'vitest';
import { removeOldEvents } from '../../src/events/event.jobs.ts';
import { removeSomeEvents, startRetention } from '../../src/events/retention.ts';
import { listJobs } from '../../src/jobs/index.ts';
import type { Context } from '../../src/runtime/context.ts';
import type { CallbackDeliveryRow, Database } from '../../src/storage/index.ts';
import { describeOnEachDatabase } from '../support/databases.ts';
import { contextOn, recordText } from '../support/events.ts';
import { accountId } from '../support/rows.ts';

const hourMs = 60 * 60_000;
const keepMs = 72 * hourMs;
const url = 'https://example.com/hook';

const record = (context: Context, text: string, changes: Parameters<typeof recordText>[4] = {}) =>
  context.db.transaction((tx) => recordText(tx, context, 'conversation', text, changes));

const withCallback = { callbacks: [{ url, method: 'POST' }] };

const remove = (context: Context) => context.db.transaction((tx) => removeSomeEvents(tx, context, accountId));

async function texts({ reader }: Database): Promise<string[]> {
  const rows = await reader.selectFrom('events').select('body_json').orderBy('position').execute();
  return rows.map(({ body_json }) => (JSON.parse(body_json) as { data: { text: string } }).data.text);
}

const deliveries = ({ reader }: Database) =>
  reader.selectFrom('callback_deliveries').select('state').execute();

/** Sets the state of every delivery, as its worker does. */
async function setDeliveries({ db, clock }: Context, state: CallbackDeliveryRow['state']): Promise<void> {
  await db.transaction((tx) =>
    tx.updateTable('callback_deliveries').set({ state, updated_at: clock.now() }).execute(),
  );
}

/** When events are looked at next, in milliseconds from now. */
async function nextRemovalIn({ db, clock }: Context): Promise<number | undefined> {
  const jobs = await listJobs(db.reader, 'ready', 100);
  const planned = jobs.filter(({ name }) => name === removeOldEvents.name);
  expect(planned.length).toBeLessThan(2);
  return planned[0] && planned[0].due_at - clock.now();
}

describeOnEachDatabase('old events', (databases) => {
  const open = async () => contextOn(await databases.open());

  it('are removed at their age, with the notes of whom they mention', async () => {
    const context = await open();
    await record(context, 'old', { profileIds: ['profile'] });
    context.clock.moveTo(context.clock.now() + 1);
    await record(context, 'young', { profileIds: ['profile'] });
    context.clock.moveTo(context.clock.now() + keepMs - 1);
    await remove(context);
    expect(await texts(context.db)).toEqual(['old', 'young']);
    context.clock.moveTo(context.clock.now() + 1);
    await remove(context);
    expect(await texts(context.db)).toEqual(['young']);
    const mentions = await context.db.reader.selectFrom('event_profiles').selectAll().execute();
    expect(mentions).toHaveLength(1);
  });

  it('stay while a callback waits for them, and go once it is delivered', async () => {
    const context = await open();
    await record(context, 'awaited', withCallback);
    await record(context, 'free');
    context.clock.moveTo(context.clock.now() + 2 * keepMs);
    await remove(context);
    expect(await texts(context.db)).toEqual(['awaited']);
    await context.db.transaction((tx) => tx.deleteFrom('callback_deliveries').execute());
    await remove(context);
    expect(await texts(context.db)).toEqual([]);
  });

  it('stay for dead callbacks as long as for streams, counted from their death, and go with them', async () => {
    const context = await open();
    await record(context, 'awaited', withCallback);
    context.clock.moveTo(context.clock.now() + hourMs);
    await setDeliveries(context, 'dead');
    context.clock.moveTo(context.clock.now() + keepMs);
    await remove(context);
    expect(await texts(context.db)).toEqual(['awaited']);
    context.clock.moveTo(context.clock.now() + 1);
    await remove(context);
    expect(await texts(context.db)).toEqual([]);
    expect(await deliveries(context.db)).toEqual([]);
  });

  it('go a batch at a time, without a pause while there are more', async () => {
    const context = await open();
    await context.db.transaction(async (tx) => {
      for (let n = 0; n < 501; n += 1) await recordText(tx, context, 'conversation', `${n}`);
    });
    context.clock.moveTo(context.clock.now() + keepMs + 1);
    await remove(context);
    expect(await texts(context.db)).toEqual(['500']);
    expect(await nextRemovalIn(context)).toBe(0);
    await remove(context);
    expect(await texts(context.db)).toEqual([]);
  });

  it('are looked for at the start, and then when the oldest comes of age', async () => {
    const context = await open();
    await startRetention(context, accountId);
    expect(await nextRemovalIn(context)).toBe(0);
    await remove(context);
    expect(await nextRemovalIn(context)).toBe(73 * hourMs);
    await record(context, 'any');
    context.clock.moveTo(context.clock.now() + hourMs);
    await remove(context);
    expect(await nextRemovalIn(context)).toBe(keepMs);
  });
});
