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

  it.each([
    [
      'in other words',
      'Customer wants to return the hiking boots in size 42',
      'Customer wanted to return size 42 hiking boots',
    ],
    [
      'as a part of what is known',
      'Customer has a bakery in Porto with 3 ovens',
      'Customer has a bakery in Porto',
    ],
    [
      'with the day that is known',
      'Customer needs a van tomorrow (2026-03-05)',
      'Customer needs a van tomorrow (2026-03-05)',
    ],
  ])('discards what the profile says %s', (_how, held, found) => {
    expect(outcome([found], [held])).toEqual({ added: [], revised: [] });
  });

  it.each([
    ['more detail', 'Customer has a bakery in Porto', 'Customer has a bakery in Porto with 3 ovens'],
    [
      'a later day',
      'Customer needs a van tomorrow (2026-03-05)',
      'Customer needs a van tomorrow (2026-04-09)',
    ],
  ])('takes %s into what is there', (_what, held, found) => {
    expect(outcome([found], [held])).toEqual({ added: [], revised: [['mem_observation_0', found]] });
  });

  it.each([
    [
      'denies it',
      'Customer wants the extended warranty for the oven',
      "Customer doesn't want the extended warranty for the oven",
    ],
    [
      'is about somebody else',
      'Customer is allergic to peanuts and latex',
      "Customer's daughter is allergic to peanuts and latex",
    ],
    [
      'names another figure',
      'Customer booked: a table for 2 at Casa Azul',
      'Customer booked: a table for 6 at Casa Azul',
    ],
    [
      'names another place',
      'Customer booked: a table for 2 at Casa Azul',
      'Customer booked: a table for 2 at Casa Verde',
    ],
  ])('adds what %s', (_why, held, found) => {
    expect(outcome([found], [held])).toEqual({ added: [found], revised: [] });
  });

  it('keeps what was known of an order when there is news of it', () => {
    expect(
      outcome(
        ['Customer wants to cancel order BX-88213. Outcome: The order was cancelled'],
        ['Customer ordered hiking boots; order ID: BX-88213'],
      ),
    ).toEqual({
      added: [],
      revised: [
        [
          'mem_observation_0',
          'Customer wants to cancel order BX-88213. Outcome: The order was cancelled. Before: ordered hiking boots; order ID: BX-88213',
        ],
      ],
    });
  });

  it('adds and changes nothing when the same conversations come again', () => {
    const conversations = [
      [
        'Customer ordered hiking boots; order ID: BX-88213',
        'Customer lives in Porto',
        'Customer has a dog in Porto',
      ],
      ['Customer wants to cancel order BX-88213, which has not come', 'Customer has a big dog in Porto'],
      ['Outcome: Order BX-88213 cancelled', 'Customer needs a van tomorrow (2026-03-05)'],
    ];
    let held: Existing[] = [];
    const replay = () => {
      let added = 0;
      for (const conversation of conversations) {
        const result = reconcile(candidates(...conversation), held.toReversed());
        added += result.added.length;
        for (const {
          existing: { id },
          candidate,
        } of result.revised)
          held = held.map((one) => (one.id === id ? { ...one, content: candidate.content } : one));
        held.push(
          ...result.added.map(({ content }, at) => ({
            id: `${held.length + at}`,
            content,
            conversationIds: [],
          })),
        );
      }
      return added;
    };
    expect(replay()).toBe(4);
    const contents = held.map(({ content }) => content);
    expect(replay()).toBe(0);
    expect(held.map(({ content }) => content)).toEqual(contents);
  });
});
