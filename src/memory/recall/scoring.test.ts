import { describe, expect, it } from 'vitest';
import { MemoryIndex, toDocument } from '../search/index.ts';
import { findDateRange } from './date-range.ts';
import { inferQuery, toQuery } from './query.ts';
import { scoreMemories } from './scoring.ts';

const dayMs = 24 * 60 * 60_000;
const begin = Date.UTC(2026, 2, 1);

function indexOf(...conversations: readonly (readonly string[])[]): MemoryIndex {
  const index = new MemoryIndex();
  for (const [at, texts] of conversations.entries()) {
    for (const [turn, text] of texts.entries()) {
      const id = `m${at}-${turn}`;
      const occurredAt = begin + at * dayMs;
      index.put(toDocument({ id, text, occurredAt, createdAt: at, conversationIds: [`c${at}`] }));
    }
  }
  return index;
}

function best(index: MemoryIndex, query: string): string | undefined {
  return scoreMemories(index, toQuery(query, undefined))[0]?.id;
}

const filler = ['lamp for the desk', 'bike with a bell', 'tax form for May', 'cheese and bread'].map(
  (text) => [text],
);

describe('scores', () => {
  it('put the memory that holds the words first', () => {
    expect(best(indexOf(...filler, ['refund for the shoes']), 'What about the refund for my shoes?')).toBe(
      'm4-0',
    );
  });

  it('prefer the answer to a question over the question', () => {
    const index = indexOf(...filler, [
      'Dana: Which breed is your dog?',
      'Kim: A beagle called Milo, two years old.',
      'Dana: Lovely name.',
    ]);
    expect(best(index, 'Which breed is the dog?')).toBe('m4-1');
  });

  it('prefer what is said by the one person whom the query names', () => {
    const index = indexOf(...filler, ['Dana: I play chess on Mondays.'], ['Kim: I play chess on Mondays.']);
    expect(best(index, 'When does Kim play chess?')).toBe('m5-0');
    expect(best(index, 'When does Dana play chess?')).toBe('m4-0');
  });

  it('prefer what happened at the time that the query names', async () => {
    const index = indexOf(['delivery was late'], ...filler, ['delivery was late']);
    const query = 'Which delivery was late on 1 March 2026?';
    const range = await findDateRange(query, begin + 30 * dayMs);
    expect(scoreMemories(index, toQuery(query, range))[0]?.id).toBe('m0-0');
  });

  it('are between 0 and 1, and leave out what shares nothing with the query', () => {
    const scored = scoreMemories(indexOf(...filler, ['refund']), toQuery('refund', undefined));
    expect(scored.map(({ id }) => id)).toEqual(['m4-0']);
    expect(scored[0]?.score).toBeGreaterThan(0);
    expect(scored[0]?.score).toBeLessThan(1);
  });

  it('are the same to the last digit however the index was filled', () => {
    const texts = [...filler, ['refund for shoes'], ['shoes for a refund'], ['refund']];
    const forth = indexOf(...texts);
    const back = new MemoryIndex();
    for (const at of [...texts.keys()].reverse()) {
      const occurredAt = begin + at * dayMs;
      const [text = ''] = texts[at] ?? [];
      back.put(toDocument({ id: `m${at}-0`, text, occurredAt, createdAt: at, conversationIds: [`c${at}`] }));
    }
    const query = toQuery('refund shoes', undefined);
    expect(scoreMemories(back, query)).toEqual(scoreMemories(forth, query));
  });

  it('of equals put the newer first', () => {
    const index = indexOf(['red shoes'], ['red shoes'], ...filler);
    expect(scoreMemories(index, toQuery('red shoes', undefined)).map(({ id }) => id)).toEqual([
      'm1-0',
      'm0-0',
    ]);
  });
});

const party = (type: string) => ({ id: 'p', name: 'n', type, address: 'a', channel: 'SMS' });
const turn = (text: string, type = 'CUSTOMER') => ({
  id: 'c',
  text,
  author: party(type),
  recipients: [],
  createdAt: 0,
  updatedAt: 0,
});
const weightsOf = (...turns: ReturnType<typeof turn>[]) =>
  Object.fromEntries(inferQuery(turns)?.words.map(({ word, weight }) => [word, weight]) ?? []);

describe('a query inferred from a conversation', () => {
  it('counts what was said last most', () => {
    const { lamp = 0, bike = 0 } = weightsOf(turn('lamp'), turn('bike'));
    expect(bike).toBeGreaterThan(lamp);
  });

  it("counts the customer's words more than an agent's", () => {
    const { lamp = 0, bike = 0 } = weightsOf(turn('lamp'), turn('bike', 'AI_AGENT'));
    expect(lamp).toBeGreaterThan(bike);
  });

  it('is none when nothing was said', () => {
    expect(inferQuery([])).toBeUndefined();
    expect(inferQuery([turn('…?')])).toBeUndefined();
  });
});

describe('the time that a query names', () => {
  const now = Date.UTC(2026, 10, 20);
  const day = (text: string) => new Date(text).getTime();
  it.each([
    ['what happened on 8 May 2023?', day('2023-05-07'), day('2023-05-10')],
    ['what did I order in March 2024?', day('2024-03-01'), day('2024-04-01')],
    ['the call yesterday', day('2026-11-18'), day('2026-11-21')],
    ['what happened last May?', day('2026-05-01'), day('2026-06-01')],
  ])('is found in %j', async (text, beginMs, endMs) => {
    expect(await findDateRange(text, now)).toEqual({ beginMs, endMs });
  });

  it.each([
    'who is the manager?',
    'how may I help?',
    'order 4711 please',
    'at 5 pm',
  ])('is none in %j', async (text) => {
    expect(await findDateRange(text, now)).toBeUndefined();
  });
});
