import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nthLargest } from './nth-largest.ts';

describe('the nth largest value', () => {
  it('is the one that stands there when all are sorted', () => {
    // Few different values, so that many are equal.
    const values = fc.array(fc.integer({ min: -3, max: 12 }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(values, fc.nat(), (list, number) => {
        const count = 1 + (number % list.length);
        const sorted = [...list].sort((a, b) => b - a);
        expect(nthLargest(Float64Array.from(list), count)).toBe(sorted[count - 1]);
      }),
    );
  });
});
