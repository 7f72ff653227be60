import { describe, expect, it } from 'vitest';
import { type Posting, scoreBm25, toScore } from './bm25.ts';

const posting = (term: string, memoryId: string, more: Partial<Posting> = {}): Posting => ({
  term,
  memoryId,
  frequency: 1,
  length: 10,
  ...more,
});
const collection = { memories: 10, terms: 100 };

describe('scoreBm25', () => {
  it('counts a rare term for more than a common one', () => {
    const common = ['a', 'b', 'c', 'd'].map((memoryId) => posting('common', memoryId));
    const scores = scoreBm25([...common, posting('rare', 'z')], collection);
    expect(scores.get('z')).toBeGreaterThan(scores.get('a') ?? 0);
  });

  it('adds up over terms, with less for each repetition of the same one', () => {
    const scores = scoreBm25(
      [
        posting('x', 'both'),
        posting('y', 'both'),
        posting('x', 'twice', { frequency: 2 }),
        posting('y', 'once'),
      ],
      collection,
    );
    expect(scores.get('both')).toBeGreaterThan(scores.get('twice') ?? 0);
    expect(scores.get('twice')).toBeGreaterThan(scores.get('once') ?? 0);
  });

  it('prefers the shorter of two memories that are alike otherwise', () => {
    const scores = scoreBm25(
      [posting('x', 'short', { length: 5 }), posting('x', 'long', { length: 50 })],
      collection,
    );
    expect(scores.get('short')).toBeGreaterThan(scores.get('long') ?? 0);
  });
});

describe('toScore', () => {
  it('rises with the sum and stays below 1', () => {
    expect(toScore(0)).toBe(0);
    expect(toScore(5)).toBeLessThan(toScore(6));
    expect(toScore(1e9)).toBeLessThanOrEqual(1);
  });
});
