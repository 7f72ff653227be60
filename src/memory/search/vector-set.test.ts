import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../tests/support/random.ts';
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

  it('answers cosines that are right to the third decimal, whatever the lengths and the dimension', () => {
    const numbers = (dimension: number) =>
      fc.float32Array({ minLength: dimension, maxLength: dimension, noNaN: true, min: -1, max: 1 });
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 100 })
          .chain((dimension) =>
            fc.tuple(fc.array(numbers(dimension), { minLength: 2, maxLength: 5 }), numbers(dimension)),
          ),
        ([vectors, asked]) => {
          const set = new VectorSet();
          for (const [place, vector] of vectors.entries()) set.put(place, vector);
          for (const [row, cosine] of set.cosines(asked).entries()) {
            expect(Math.abs(cosine - cosineOf(vectors[row] ?? asked, asked))).toBeLessThan(0.001);
          }
          const [first = asked, second = asked] = vectors;
          expect(Math.abs((set.cosine(0, 1) ?? 0) - cosineOf(first, second))).toBeLessThan(0.001);
        },
      ),
    );
  });

  it('finds among thousands the same nearest as exact cosines do', () => {
    const chance = seededRandom(5);
    const unit = () => Float32Array.from({ length: 384 }, () => chance() - 0.5);
    const vectors = Array.from({ length: 3000 }, unit);
    const set = new VectorSet();
    for (const [place, vector] of vectors.entries()) set.put(place, vector);
    const asked = unit();
    const exact = vectors.map((vector) => cosineOf(vector, asked));
    const [found, right] = [nearest(set.cosines(asked), 50), nearest(exact, 50)];
    expect(found).toEqual(right);
  });

  it('compares nothing with a vector of another dimension', () => {
    const set = new VectorSet();
    set.put(0, Float32Array.of(1, 0));
    expect(set.cosines(Float32Array.of(1, 0))[0]).toBeCloseTo(1, 12);
    expect(set.cosines(Float32Array.of(1, 0, 0))).toHaveLength(0);
  });
});

function cosineOf(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  const lengths = Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b));
  return lengths === 0 ? 0 : dot(a, b) / lengths;
}

function nearest(cosines: ArrayLike<number>, count: number): number[] {
  return Array.from(cosines, (cosine, place) => ({ cosine, place }))
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, count)
    .map(({ place }) => place);
}
