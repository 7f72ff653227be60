import { describe, expect, it } from 'vitest';
import { type Existing, reconcile } from './reconcile.ts';

const candidates = (...contents: string[]) =>
  contents.map((content, index) => ({ content, occurredAt: index, evidence: [index] }));
const existing = (...contents: string[]): Existing[] =>
  contents.map((content, index) => ({ id: `mem_observation_${index}`, content, conversationIds: [] }));

function outcome(found: readonly string[], held: readonly string[]) {
  const { added, revised } = reconcile(candidates(...found), existing(...held));
  return {
    added: added.map(({ content }) => content),
    revised: revised.map(({ existing: { id }, candidate }) => [id, candidate.content]),
  };
}

describe('reconciling candidates with a profile', () => {
  it('adds what is new, in order', () => {
    expect(outcome(['Customer keeps bees', 'Customer plays chess'], ['Customer sings'])).toEqual({
      added: ['Customer keeps bees', 'Customer plays chess'],
      revised: [],
    });
  });

  it('discards what differs in case, spacing and punctuation only', () => {
    expect(outcome(['customer keeps  bees.'], ['Customer keeps bees'])).toEqual({ added: [], revised: [] });
  });

  it('discards what is said twice in one conversation', () => {
    expect(outcome(['Customer keeps bees', 'Customer keeps bees!'], []).added).toHaveLength(1);
  });

  it('revises the newest observation of the same fact', () => {
    expect(
      outcome(
        ['Customer lives in Lisbon'],
        ['Customer sings', 'Customer lives in Porto', 'Customer lives in Faro'],
      ),
    ).toEqual({ added: [], revised: [['mem_observation_1', 'Customer lives in Lisbon']] });
  });

  it('keeps an observation whose fact has the same value in other words', () => {
    expect(outcome(['Customer lives in Porto now'], ['Lives in Porto'])).toEqual({ added: [], revised: [] });
  });

  it('takes the last word of a conversation on a fact', () => {
    expect(outcome(["Customer's email: a@example.com", "Customer's email: b@example.com"], []).added).toEqual(
      ["Customer's email: b@example.com"],
    );
  });

  it('does not take a relative’s home for the customer’s', () => {
    expect(outcome(["Customer's sister lives in Rome"], ['Customer lives in Porto'])).toEqual({
      added: ["Customer's sister lives in Rome"],
      revised: [],
    });
  });

  it('does not take one address for another', () => {
    expect(
      outcome(["Customer's shipping address: 2 Mill Lane"], ["Customer's address: 1 High Street"]).added,
    ).toHaveLength(1);
  });
});
