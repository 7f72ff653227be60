import { describe, expect, it } from 'vitest';
import type { Clause } from './clause.ts';
import { withCalendarDays } from './relative-dates.ts';

/** A Wednesday. */
const wednesday = Date.UTC(2026, 2, 4, 10);

async function dated(text: string, occurredAt = wednesday): Promise<string> {
  const clause: Clause = {
    form: 'predicate',
    text,
    turn: { index: 0, side: 'customer', text, occurredAt, isNew: true },
  };
  return (await withCalendarDays(clause)).text;
}

describe('days that are named from the message’s point of view', () => {
  it.each([
    ['needs a room today', 'needs a room today (2026-03-04)'],
    ['needs a room tomorrow at 5 pm', 'needs a room tomorrow at 5 pm (2026-03-05)'],
    ['needs it the day after tomorrow', 'needs it the day after tomorrow (2026-03-06)'],
    ['needs it day after tomorrow', 'needs it day after tomorrow (2026-03-06)'],
    ['called yesterday', 'called yesterday (2026-03-03)'],
    ['ordered it two weeks ago', 'ordered it two weeks ago (2026-02-18)'],
    ['will call in 3 days', 'will call in 3 days (2026-03-07)'],
    ['comes this Saturday, or not at all', 'comes this Saturday (2026-03-07), or not at all'],
    ['comes this Saturday', 'comes this Saturday (2026-03-07)'],
    ['comes Tuesday next week', 'comes Tuesday next week (2026-03-10)'],
    ['comes next Tuesday', 'comes next Tuesday (2026-03-10)'],
  ])('%s', async (said, written) => {
    expect(await dated(said)).toBe(written);
  });

  it.each([
    ['which may be this week’s or the one after', 'comes next Friday'],
    ['which may be this week’s or the one before', 'came last Monday'],
    ['with their date beside them', 'comes tomorrow, on the 5th of March'],
    ['that are no days', 'comes next week'],
    ['that make a span', 'from tomorrow to this Saturday'],
    ['of the calendar', 'comes on March 9th'],
  ])('stay as they are: those %s', async (_which, said) => {
    expect(await dated(said)).toBe(said);
  });

  it('are next week’s when the weekday of this week is over', async () => {
    const friday = wednesday + 2 * 24 * 60 * 60_000;
    expect(await dated('comes next Wednesday', friday)).toBe('comes next Wednesday (2026-03-11)');
  });
});
