import { type MemoryIndex, noPlace } from '../search/index.ts';

/** What a query means, and how far that can be relied on. */
export interface QueryMeaning {
  readonly vector: Float32Array;
  /** 0 to 1, by how well the model's vectors agree with words. */
  readonly trust: number;
}

/**
 * What the nearest possible memory adds to a sum, at full trust: as much as the words of a memory at most do. Set by
 * reasoning, not fitted like the other weights: those come from data that every model shares.
 */
export const meaningWeight = 5;
/** Memories that are looked at because of what they mean, though they share no word with the query. */
export const nearestMax = 50;
/** Standard deviations from the mean within which nearness counts, and which one is 1. */
const [deviationMin, deviationMax] = [-1, 6];

/**
 * How near the memories are to a query in what they mean: -1/6 to 1, by place. Cosines are seen against the profile's others,
 * since models differ in where theirs lie. Nothing without vectors to compare, or when they cannot be trusted.
 */
export function findMeanings(index: MemoryIndex, meaning: QueryMeaning | undefined): Map<number, number> {
  const meanings = new Map<number, number>();
  if (!meaning || meaning.trust === 0) return meanings;
  const cosines = index.vectors.cosines(meaning.vector);
  const { mean, deviation } = describe(cosines);
  if (deviation === 0) return meanings;
  for (const [row, cosine] of cosines.entries()) {
    const value = Math.min(deviationMax, Math.max(deviationMin, (cosine - mean) / deviation));
    meanings.set(index.vectors.places[row] ?? noPlace, value / deviationMax);
  }
  return meanings;
}

/** The places that are nearest and may be found; of equal ones those with the first ids. */
export function nearestPlaces(
  index: MemoryIndex,
  meanings: ReadonlyMap<number, number>,
  mayBeFound: (place: number) => boolean,
): number[] {
  return [...meanings]
    .filter(([place]) => mayBeFound(place))
    .sort(([a, ofA], [b, ofB]) => ofB - ofA || (index.document(a).id < index.document(b).id ? -1 : 1))
    .slice(0, nearestMax)
    .map(([place]) => place);
}

/** Cosines of equal vectors differ by rounding alone. */
const deviationFloor = 1e-6;

function describe(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((total, value) => total + value, 0) / (values.length || 1);
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length || 1);
  const deviation = Math.sqrt(variance);
  return { mean, deviation: deviation < deviationFloor ? 0 : deviation };
}
