import { detectLanguage, isStopWord, type Language } from './language.ts';
import type { QueryTerm } from './lexical-match.ts';
import type { MemoryIndex } from './memory-index.ts';
import { withNearTerms } from './spelling.ts';
import { toTerm } from './tokenize.ts';

/** A word that is looked for, in lower case, and how much it counts. */
export interface QueryWord {
  readonly word: string;
  readonly weight: number;
}

/**
 * The terms under which an index may hold the words of a query. A short query does not tell its language, so each word is
 * taken in the form that the index knows: that of the query's language first, then those of the languages it holds.
 */
export function toQueryTerms(index: MemoryIndex, words: readonly QueryWord[]): QueryTerm[] {
  const language = detectLanguage(words.map(({ word }) => word));
  const languages = [...new Set([language, ...index.languages()])];
  const weights = new Map<string, number>();
  for (const { word, weight } of words) {
    if (isStopWord(word, language)) continue;
    const term = findForm(index, word, languages);
    weights.set(term, Math.max(weights.get(term) ?? 0, weight));
  }
  return withNearTerms(
    index,
    [...weights].map(([term, weight]) => ({ term, weight })),
  );
}

function findForm(index: MemoryIndex, word: string, languages: readonly Language[]): string {
  const forms = languages.map((language) => toTerm(word, language));
  return forms.find((form) => index.has(form)) ?? forms[0] ?? word;
}
