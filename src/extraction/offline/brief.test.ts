import { describe, expect, it } from 'vitest';
import { brief } from './brief.ts';
import type { Clause } from './clause.ts';
import { withTopics } from './topic.ts';

const turn = { index: 0, side: 'customer', text: '', occurredAt: 0, isNew: true } as const;
const wish = (text: string): Clause => ({ form: 'predicate', text, turn, isRequest: true });
const said = (text: string): Clause => ({ form: 'predicate', text, turn });
const agreed = (text: string): Clause => ({ form: 'agreed', text, turn });

function briefly(customerCharacters: number, ...clauses: Clause[]): string[] {
  return brief(withTopics(clauses), customerCharacters).map(({ text }) => text);
}

describe('notes in brief', () => {
  it('say each thing once, where what was agreed counts before what was wanted', () => {
    expect(
      briefly(1000, wish('wants a court for 4 players on Saturday'), agreed('court 3 on Saturday at 5 pm')),
    ).toEqual(['for 4 players', 'court 3 on Saturday at 5 pm']);
  });

  it('keep what says most when there is not room for all', () => {
    const notes = briefly(
      100,
      wish('wants a court in Porto on May 3rd for 4 players'),
      said('thinks that tennis is what keeps people young and happy for ever and ever'),
      said('thinks as well that golf takes up too many of the nicest hours of the week'),
      wish('wants 4 rackets and 12 balls from Mara Sports in Rua Azul 12 by May 2nd'),
    ).join();
    expect(notes).toMatch(/Porto.*May 3rd.*Mara Sports/);
    expect(notes).not.toContain('golf');
  });

  it('keep who the customer is, whatever the room', () => {
    const detail: Clause = { form: 'detail', text: 'email: ines@example.com', turn };
    expect(briefly(1, detail)).toEqual(['email: ines@example.com']);
  });

  it('keep trouble in the words of the customer', () => {
    const trouble = 'says their racket from Mara Sports arrived broken on Monday';
    expect(briefly(1000, said(trouble))).toEqual([trouble]);
  });
});
