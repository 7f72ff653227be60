import type { GuardCategory } from '../../src/config/index.ts';

/** A sentence that must not be remembered as it is. */
export interface Sensitive {
  readonly category: GuardCategory;
  readonly text: string;
  /** What must be gone from it; the whole sentence when left out. */
  readonly gone?: string;
}

export interface SentenceSet {
  readonly sensitive: readonly Sensitive[];
  /** Look like the others and are to stay as they are. */
  readonly innocent: readonly string[];
}

/** Sentences of one category that have to go as a whole. */
export function whole(category: GuardCategory, ...texts: readonly string[]): Sensitive[] {
  return texts.map((text) => ({ category, text }));
}

/** Sentences of one category, each with what has to go. */
export function part(
  category: GuardCategory,
  ...pairs: readonly (readonly [text: string, gone: string])[]
): Sensitive[] {
  return pairs.map(([text, gone]) => ({ category, text, gone }));
}
