import { distance } from 'fastest-levenshtein';
import type { QueryTerm } from './lexical-match.ts';
import type { MemoryIndex } from './memory-index.ts';

/** Terms of a query that nobody wrote may be misspelt: as many are looked at. */
const unknownMax = 8;
/** A shorter word has too many neighbours. */
const lengthMin = 4;
/** From this length on two letters may differ, below it one. */
const longFrom = 8;
/** How much a near word counts beside the word itself. */
const nearWeight = 0.5;
const digits = /\p{N}/u;

/** The terms of a query, and for each one that the index does not hold the one that is spelt most nearly the same. */
export function withNearTerms(index: MemoryIndex, terms: readonly QueryTerm[]): QueryTerm[] {
  const unknown = terms
    .filter(({ term }) => term.length >= lengthMin && !index.has(term) && !digits.test(term))
    .slice(0, unknownMax);
  if (unknown.length === 0) return [...terms];
  const known = new Set(terms.map(({ term }) => term));
  const near = new Map<string, QueryTerm>();
  for (const { term, weight } of unknown) {
    const found = findNear(index, term);
    if (found !== undefined && !known.has(found))
      near.set(found, { term: found, weight: weight * nearWeight });
  }
  return [...terms, ...near.values()];
}

/** The nearest term that begins with the same letter. */
function findNear(index: MemoryIndex, term: string): string | undefined {
  let nearest: string | undefined;
  let least = (term.length >= longFrom ? 2 : 1) + 1;
  for (const candidate of index.termsFrom(term.charAt(0))) {
    if (Math.abs(candidate.length - term.length) > least) continue;
    const between = distance(candidate, term);
    if (between > least || (between === least && (nearest === undefined || candidate > nearest))) continue;
    least = between;
    nearest = candidate;
  }
  return nearest;
}
