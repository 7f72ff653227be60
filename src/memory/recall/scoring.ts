import { LexicalMatch, type MemoryIndex, type SearchDocument, toQueryTerms } from '../search/index.ts';
import { featureNames, findNamedSpeaker, toFeatures } from './features.ts';
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
  readonly features: readonly number[];
  readonly meaning: Meaning;
}

/** How near a memory is to the query in what it means, and what that adds to its sum; both 0 without vectors. */
export interface Meaning {
  readonly value: number;
  readonly contribution: number;
}

interface Candidate {
  readonly place: number;
  readonly features: readonly number[];
  readonly meaning: Meaning;
}

/** What is known of a query's candidates when their sums become chances. Every member is the same for all of them. */
export interface Field {
  readonly best: number;
  readonly coverage: number;
  readonly words: number;
  readonly rivals: number;
}

/** Candidates whose features are worked out: those that look best by their words alone. */
const candidatesMax = 200;
/** Scores have so many steps, so that no bit of rounding decides between two calls. */
const steps = 1e6;
const [wordsAt, coverageAt] = [featureNames.indexOf('words'), featureNames.indexOf('coverage')];
const weightList = featureNames.map((name) => weights[name]);

/**
 * The memories that have to do with the query, by words or by `meaning`, and may be found, best first, with calibrated scores; those that share nothing
 * with it are not among them. The same query and memories give the same answer to the last bit.
 */
export function scoreMemories(
  index: MemoryIndex,
  query: Query,
  mayBeFound?: (document: SearchDocument) => boolean,
  meaning?: QueryMeaning,
): ScoredMemory[] {
  const rows = toCandidates(index, query, mayBeFound, meaning);
  const sums = rows.map((row) => sumOf(row.features) + row.meaning.contribution);
  const field = toField(rows, sums);
  return rows
    .map(({ place, features, meaning: its }, at) => {
      const { id, createdAt, occurredAt } = index.document(place);
      const score = Math.round(toChance(sums[at] ?? 0, field) * steps) / steps;
      return { id, createdAt, occurredAt, score, features, meaning: its };
    })
    .sort((a, b) => b.score - a.score || b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
}

/** The candidates of a query with their features. */
export function toCandidates(
  index: MemoryIndex,
  query: Query,
  mayBeFound: (document: SearchDocument) => boolean = () => true,
  meaning?: QueryMeaning,
): Candidate[] {
  const match = new LexicalMatch(index, toQueryTerms(index, query.words));
  const namedSpeaker = findNamedSpeaker(query, index.speakers());
  const meanings = findMeanings(index, meaning);
  const isFound = (place: number) => mayBeFound(index.document(place));
  const places = new Set([
    ...match.candidates(candidatesMax, isFound),
    ...nearestPlaces(index, meanings, isFound),
  ]);
  return [...places]
    .sort((a, b) => (index.document(a).id < index.document(b).id ? -1 : 1))
    .map((place) => ({
      place,
      features: toFeatures(index, query, match, place, namedSpeaker),
      meaning: weigh(meanings.get(place) ?? 0, meaning),
    }));
}

function weigh(value: number, meaning: QueryMeaning | undefined): Meaning {
  return { value, contribution: value * meaningWeight * (meaning?.trust ?? 0) };
}

/** What the calibration looks at, beside a candidate's own sum. */
export function toField(
  rows: readonly { readonly features: readonly number[] }[],
  sums: readonly number[],
): Field {
  const best = Math.max(...sums, Number.NEGATIVE_INFINITY);
  return {
    best,
    coverage: Math.max(...rows.map(({ features }) => features[coverageAt] ?? 0), 0),
    words: Math.max(...rows.map(({ features }) => features[wordsAt] ?? 0), 0),
    rivals: Math.log(sums.reduce((total, sum) => total + Math.exp(sum - best), 0) || 1),
  };
}

function sumOf(features: readonly number[]): number {
  return features.reduce((total, feature, at) => total + feature * (weightList[at] ?? 0), 0);
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
