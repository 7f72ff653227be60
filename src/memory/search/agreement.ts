import { type MemoryIndex, noPlace } from './memory-index.ts';
import type { VectorSet } from './vector-set.ts';

/** Sums over pairs of memories, of lexical likeness x and cosine y; those of several indexes may be added. */
export interface PairSums {
  readonly pairs: number;
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

export const noPairs: PairSums = { pairs: 0, x: 0, y: 0, xx: 0, yy: 0, xy: 0 };

/** Memories of an index that are compared, each with up to three others. */
const sampledMax = 150;
/** A correlation as low as this may come from how a model treats length or language; from the other on vectors are trusted fully. */
const correlationMin = 0.05;
const correlationSpan = 0.15;

/** Two memories of an index, by place, and how alike their words are. */
export interface Pair {
  readonly place: number;
  readonly other: number;
  readonly likeness: number;
}

/** Compares some memories of an index with each other by words and by vectors. */
export function samplePairs(index: MemoryIndex): PairSums {
  return comparePairs(choosePairs(index, index.vectors.places), index.vectors);
}

/**
 * Some pairs of the memories at these places, which have vectors: each of some with its neighbour, with one from elsewhere, and
 * with one that shares its rarest term. Which ones depends on the index alone.
 */
export function choosePairs(index: MemoryIndex, placesWithVectors: readonly number[]): Pair[] {
  const places = [...placesWithVectors].sort((a, b) => a - b);
  const step = Math.max(1, Math.ceil(places.length / sampledMax));
  const pairs: Pair[] = [];
  for (let at = 0; at < places.length; at += step) {
    const place = places[at] ?? noPlace;
    const others = new Set([
      places[at + 1] ?? noPlace,
      places[(at + (places.length >> 1)) % places.length] ?? noPlace,
      findSharing(index, place),
    ]);
    for (const other of others) {
      if (other === noPlace || other === place) continue;
      pairs.push({ place, other, likeness: likeness(index, place, other) });
    }
  }
  return pairs;
}

/** Those of them that both have a vector. */
export function comparePairs(pairs: readonly Pair[], vectors: VectorSet): PairSums {
  let sums = noPairs;
  for (const { place, other, likeness: x } of pairs) {
    const y = vectors.cosine(place, other);
    if (y !== undefined) sums = addPairs(sums, { pairs: 1, x, y, xx: x * x, yy: y * y, xy: x * y });
  }
  return sums;
}

export function addPairs(a: PairSums, b: PairSums, sign: 1 | -1 = 1): PairSums {
  return {
    pairs: a.pairs + sign * b.pairs,
    x: a.x + sign * b.x,
    y: a.y + sign * b.y,
    xx: a.xx + sign * b.xx,
    yy: a.yy + sign * b.yy,
    xy: a.xy + sign * b.xy,
  };
}

/**
 * How far vectors can be trusted, 0 to 1: by the correlation of likeness in words and in vectors, less what chance brings
 * among so few pairs. Vectors that mean nothing get 0.
 */
export function toTrust({ pairs, x, y, xx, yy, xy }: PairSums): number {
  const spread = (pairs * xx - x * x) * (pairs * yy - y * y);
  if (pairs < 2 || !(spread > 0)) return 0;
  const correlation = (pairs * xy - x * y) / Math.sqrt(spread);
  const sure = correlation - correlationMin - 3 / Math.sqrt(pairs);
  return Math.min(1, Math.max(0, sure / correlationSpan));
}

/** The share of the terms of both that stands in both, rare terms counting more. */
function likeness(index: MemoryIndex, place: number, other: number): number {
  const [terms, otherTerms] = [index.document(place).terms, index.document(other).terms];
  let [all, shared] = [0, 0];
  for (const term of terms.keys()) {
    const value = rarity(index, term);
    all += value;
    if (otherTerms.has(term)) shared += value;
  }
  for (const term of otherTerms.keys()) if (!terms.has(term)) all += rarity(index, term);
  return all > 0 ? shared / all : 0;
}

function rarity(index: MemoryIndex, term: string): number {
  return Math.log((index.size + 1) / (index.postings(term)?.places.length ?? 1));
}

/** Another document with the rarest term of this one that stands elsewhere too. */
function findSharing(index: MemoryIndex, place: number): number {
  let found = noPlace;
  let least = Number.POSITIVE_INFINITY;
  for (const term of index.document(place).terms.keys()) {
    const places = index.postings(term)?.places ?? [];
    if (places.length < 2 || places.length >= least) continue;
    least = places.length;
    found = places.find((other) => other !== place) ?? noPlace;
  }
  return found;
}
