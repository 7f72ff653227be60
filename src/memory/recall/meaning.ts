import { type MemoryIndex, type Nearness, nthLargest } from '../search/index.ts';

/** How near a query is in what it means, and how far that can be relied on. */
export interface QueryMeaning {
  /** Of the memories that have vectors. */
  readonly nearness: Nearness;
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
 * How near the memories are to a query in what they mean: -1/6 to 1, by place; 0 where there is no vector. Cosines are seen against
 * the profile's others, since models differ in where theirs lie. Undefined without vectors to compare, or when they cannot be
 * trusted.
 */
export function findMeanings(
  index: MemoryIndex,
  meaning: QueryMeaning | undefined,
): Float64Array | undefined {
  if (!meaning || meaning.trust === 0) return undefined;
  const { places, cosines } = meaning.nearness;
  const { mean, deviation } = describe(cosines);
  if (deviation === 0) return undefined;
  const meanings = new Float64Array(index.placesEnd);
  for (let row = 0; row < cosines.length; row += 1) {
    const value = ((cosines[row] ?? 0) - mean) / deviation;
    meanings[places[row] ?? 0] = Math.min(deviationMax, Math.max(deviationMin, value)) / deviationMax;
  }
  return meanings;
}

/** The places with vectors that are nearest and may be found; of equal ones those with the first ids. */
export function nearestPlaces(
  index: MemoryIndex,
  places: readonly number[],
  meanings: Float64Array,
  mayBeFound?: (place: number) => boolean,
): number[] {
  const found = mayBeFound ? places.filter(mayBeFound) : places;
  return atLeast(found, meanings, nearestMax)
    .sort(
      (a, b) =>
        (meanings[b] ?? 0) - (meanings[a] ?? 0) || (index.document(a).id < index.document(b).id ? -1 : 1),
    )
    .slice(0, nearestMax);
}

/** The places with the `count` largest values, and those that equal the last of them. */
function atLeast(places: readonly number[], values: Float64Array, count: number): number[] {
  if (places.length <= count) return [...places];
  const some = new Float64Array(places.length);
  for (let at = 0; at < places.length; at += 1) some[at] = values[places[at] ?? 0] ?? 0;
  const threshold = nthLargest(some, count);
  return places.filter((place) => (values[place] ?? 0) >= threshold);
}

/** Cosines of equal vectors differ by rounding alone. */
const deviationFloor = 1e-6;

function describe(values: Float64Array): { mean: number; deviation: number } {
  let total = 0;
  // By position, and multiplied: an iterator and a power took nearly as long as the comparison of the vectors.
  for (let at = 0; at < values.length; at += 1) total += values[at] ?? 0;
  const mean = total / (values.length || 1);
  let squares = 0;
  for (let at = 0; at < values.length; at += 1) {
    const difference = (values[at] ?? 0) - mean;
    squares += difference * difference;
  }
  const deviation = Math.sqrt(squares / (values.length || 1));
  return { mean, deviation: deviation < deviationFloor ? 0 : deviation };
}
