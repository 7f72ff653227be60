import { expect, it } from 'vitest';
import { PastFullGroups, type Sought } from './past-full-groups.ts';

const sought: Sought = { lane: 'callbacks', full: ['slow'], nowMs: 1000, wallNowMs: 1000 };

/** Finds that a job past the full groups is due at 5000, and counts how often it is asked. */
function groups() {
  const past = new PastFullGroups();
  let asked = 0;
  const find = async () => {
    asked += 1;
    return 5000;
  };
  return {
    past,
    find,
    async ask(changes: Partial<Sought> = {}): Promise<number> {
      expect(await past.nextDueAt({ ...sought, ...changes }, find)).toBe(5000);
      return asked;
    },
  };
}

it('what is past full groups is looked for once', async () => {
  const { ask, past } = groups();
  await ask();
  past.forget('callbacks', 'slow');
  past.forget('main', null);
  expect(await ask({ full: ['slow', 'slower'] })).toBe(1);
});

it.each<[string, Partial<Sought>]>([
  ['the time has come for it', { nowMs: 5000 }],
  ['another process may have enqueued something', { wallNowMs: 2000 }],
  ['one of the groups has room again', { full: ['slower'] }],
  ['it is about another lane', { lane: 'senders' }],
])('it is looked for again when %s', async (_, changes) => {
  const { ask } = groups();
  await ask();
  expect(await ask(changes)).toBe(2);
});

it.each<[string, (past: PastFullGroups) => void]>([
  ['a job of another group has come', (past) => past.forget('callbacks', 'quick')],
  ['a job without a group has come', (past) => past.forget('callbacks', null)],
  ['nobody knows what has come', (past) => past.forgetAll()],
])('it is looked for again when %s', async (_, come) => {
  const { ask, past } = groups();
  await ask();
  come(past);
  expect(await ask()).toBe(2);
});

it('what comes during the look is not overlooked', async () => {
  const { ask, past } = groups();
  await past.nextDueAt(sought, async () => {
    past.forget('callbacks', 'quick');
    return undefined;
  });
  expect(await ask()).toBe(1);
});

it('that nothing waits there is remembered as well', async () => {
  const past = new PastFullGroups();
  expect(await past.nextDueAt(sought, async () => undefined)).toBe(undefined);
  expect(await past.nextDueAt(sought, async () => 0)).toBe(undefined);
});
