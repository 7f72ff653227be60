import {
  LexicalMatch,
  type MemoryIndex,
  noPlace,
  nthLargest,
  type SearchDocument,
  toQueryTerms,
} from '../search/index.ts';
import { featureNames, findNamedSpeaker, writeFeatures } from './features.ts';
import { findMeanings, meaningWeight, nearestPlaces, type QueryMeaning } from './meaning.ts';
import type { Query } from './query.ts';
import { calibration, weights } from './weights.ts';

/** A memory with what speaks for it. */
export interface ScoredMemory {
  readonly id: string;
  readonly createdAt: number;
  readonly occurredAt: number;
  /** The chance that it is what was asked for: 0 to 1. */
  readonly score: number;
  /** In the order of `featureNames`. */
  readonly features: Float64Array;
  readonly meaning: Meaning;
}

/** How near a memory is to the query in what it means, and what that adds to its sum; both 0 without vectors. */
export interface Meaning {
  readonly value: number;
  readonly contribution: number;
}

/** The candidates of a query, each with its features and its nearness in what it means: one list and two tables in the same order. */
export interface Candidates {
  readonly places: readonly number[];
  /** The features of the first candidate, then those of the second, and so on. */
  readonly features: Float64Array;
  /** One for each candidate; undefined where vectors play no part. */
  readonly meanings: Float64Array | undefined;
}

/** What is known of a query's candidates when their sums become chances. Every member is the same for all of them. */
export interface Field {
  readonly best: number;
  readonly coverage: number;
  readonly words: number;
  readonly rivals: number;
}

export interface ScoringOptions {
  /** Memories that it refuses are not among the candidates. */
  readonly mayBeFound?: ((document: SearchDocument) => boolean) | undefined;
  readonly meaning?: QueryMeaning | undefined;
  /** How many of the best are answered; all by default. */
  readonly limit?: number;
}

/** Candidates whose features are worked out: those that look best by their words alone. */
const candidatesMax = 200;
/** Scores have so many steps, so that no bit of rounding decides between two calls. */
const steps = 1e6;
const featureCount = featureNames.length;
const [wordsAt, coverageAt] = [featureNames.indexOf('words'), featureNames.indexOf('coverage')];
const weightList = Float64Array.from(featureNames, (name) => weights[name]);

/**
 * The memories that have to do with the query, by words or by `meaning`, and may be found, best first, with calibrated scores;
 * those that share nothing with it are not among them. The same query and memories give the same answer to the last bit.
 */
export function scoreMemories(
  index: MemoryIndex,
  query: Query,
  options: ScoringOptions = {},
): ScoredMemory[] {
  const { limit = Number.POSITIVE_INFINITY, meaning } = options;
  const candidates = toCandidates(index, query, options);
  const trust = meaning?.trust ?? 0;
  const sums = sumUp(candidates, trust);
  const field = toField(candidates.features, sums);
  const scores = sums.map((sum) => Math.round(toChance(sum, field) * steps) / steps);
  const threshold = limit < scores.length ? nthLargest(scores.slice(), limit) : 0;
  const best: ScoredMemory[] = [];
  for (let at = 0; at < scores.length; at += 1) {
    const score = scores[at] ?? 0;
    if (score >= threshold) best.push({ score, ...describe(index, candidates, at, trust) });
  }
  best.sort((a, b) => b.score - a.score || b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
  return best.slice(0, limit);
}

/** The candidates of a query with their features, in no particular order. */
export function toCandidates(
  index: MemoryIndex,
  query: Query,
  { mayBeFound, meaning }: Omit<ScoringOptions, 'limit'> = {},
): Candidates {
  const match = new LexicalMatch(index, toQueryTerms(index, query.words));
  const source = { index, query, match, namedSpeaker: findNamedSpeaker(query, index.speakers()) };
  const meanings = findMeanings(index, meaning);
  const isFound = mayBeFound && ((place: number) => mayBeFound(index.document(place)));
  const nearest = meaning && meanings ? nearestPlaces(index, meaning.nearness.places, meanings, isFound) : [];
  const places = union(match.candidates(candidatesMax, isFound), nearest);
  const features = new Float64Array(places.length * featureCount);
  for (const [at, place] of places.entries()) writeFeatures(features, at * featureCount, source, place);
  return {
    places,
    features,
    meanings: meanings && Float64Array.from(places, (place) => meanings[place] ?? 0),
  };
}

function union(places: readonly number[], others: readonly number[]): readonly number[] {
  return others.length === 0 ? places : [...new Set([...places, ...others])];
}

/** What the calibration looks at, beside a candidate's own sum; the same in whatever order they come. */
export function toField(features: Float64Array, sums: Float64Array): Field {
  // Sorted, since the last bits of a sum depend on the order of what is added.
  const sorted = sums.slice().sort();
  const best = sorted.at(-1) ?? Number.NEGATIVE_INFINITY;
  let rivals = 0;
  for (const sum of sorted) rivals += Math.exp(sum - best);
  let [coverage, words] = [0, 0];
  for (let row = 0; row < features.length; row += featureCount) {
    coverage = Math.max(coverage, features[row + coverageAt] ?? 0);
    words = Math.max(words, features[row + wordsAt] ?? 0);
  }
  return { best, coverage, words, rivals: Math.log(rivals || 1) };
}

function sumUp({ places, features, meanings }: Candidates, trust: number): Float64Array {
  const sums = new Float64Array(places.length);
  for (let at = 0; at < sums.length; at += 1) {
    let sum = 0;
    for (let feature = 0; feature < featureCount; feature += 1) {
      sum += (features[at * featureCount + feature] ?? 0) * (weightList[feature] ?? 0);
    }
    sums[at] = sum + (meanings?.[at] ?? 0) * meaningWeight * trust;
  }
  return sums;
}

function describe(
  index: MemoryIndex,
  { places, features, meanings }: Candidates,
  at: number,
  trust: number,
): Omit<ScoredMemory, 'score'> {
  const { id, createdAt, occurredAt } = index.document(places[at] ?? noPlace);
  const value = meanings?.[at] ?? 0;
  return {
    id,
    createdAt,
    occurredAt,
    features: features.subarray(at * featureCount, (at + 1) * featureCount),
    meaning: { value, contribution: value * meaningWeight * trust },
  };
}

function toChance(sum: number, field: Field): number {
  const logit =
    calibration.behindBest * (sum - field.best) +
    calibration.best * field.best +
    calibration.coverage * field.coverage +
    calibration.words * field.words +
    calibration.rivals * field.rivals +
    calibration.intercept;
  return 1 / (1 + Math.exp(-logit));
}
