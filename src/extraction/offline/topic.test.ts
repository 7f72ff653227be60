import { describe, expect, it } from 'vitest';
import type { Clause } from './clause.ts';
import { withTopics } from './topic.ts';

const turn = { index: 0, side: 'customer', text: '', occurredAt: 0, isNew: true } as const;
const wish = (text: string): Clause => ({ form: 'predicate', text, turn, isRequest: true });
const label = (text: string): Clause => ({ form: 'label', text, turn });
const outcome = (text: string): Clause => ({ form: 'outcome', text, turn });
const namesOf = (...clauses: Clause[]) => withTopics(clauses).map(({ topic }) => topic.name);

describe('what a conversation is about', () => {
  it('is the first thing wanted, also for what is said about it', () => {
    expect(namesOf(wish('wants a court'), label('day: Saturday'), wish('wants 3 rackets'))).toEqual([
      'court',
      'court',
      'court',
    ]);
  });

  it('is something else after that has ended', () => {
    expect(namesOf(wish('wants a court'), outcome('Booked'), wish('wants to order rackets'))).toEqual([
      'court',
      'court',
      'rackets',
    ]);
  });

  it('stays when another of the same kind is wanted', () => {
    const clauses = withTopics([wish('wants a court'), outcome('Booked'), wish('wants 2 big courts')]);
    expect(new Set(clauses.map(({ topic }) => topic)).size).toBe(1);
  });

  it('is something else when that is wanted too', () => {
    expect(namesOf(wish('wants a court'), wish('also needs a coach'))).toEqual(['court', 'coach']);
  });
});
