import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VectorSet } from './vector-set.ts';

const vector = fc
  .array(fc.integer({ min: -100, max: 100 }), { minLength: 5, maxLength: 5 })
  .map((values) => Float32Array.from(values, (value) => value / 7));

describe('a set of vectors', () => {
  it('gives each vector the same cosine to the last bit, wherever it stands', () => {
    fc.assert(
      fc.property(fc.array(vector, { minLength: 1, maxLength: 19 }), vector, (vectors, asked) => {
        const [forth, back] = [new VectorSet(), new VectorSet()];
        for (const [place, its] of vectors.entries()) forth.put(place, its);
        for (const [place, its] of [...vectors.entries()].reverse()) back.put(place, its);
        const byPlace = (set: VectorSet) => {
          const cosines = set.cosines(asked);
          return new Map([...set.places.entries()].map(([row, place]) => [place, cosines[row]]));
        };
        expect([...byPlace(back)].reverse()).toEqual([...byPlace(forth)]);
      }),
    );
  });

  it('compares nothing with a vector of another dimension', () => {
    const set = new VectorSet();
    set.put(0, Float32Array.of(1, 0));
    expect([...set.cosines(Float32Array.of(1, 0))]).toEqual([1]);
    expect(set.cosines(Float32Array.of(1, 0, 0))).toHaveLength(0);
  });
});
