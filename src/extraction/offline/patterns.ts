/** What is said is compared without regard to case, by Unicode's idea of a letter. */
const flags = 'iu';
/** No letter, digit or apostrophe follows: the end of a word. */
const wordEnd = "(?![\\p{L}\\p{N}'])";

/** Matches a text that begins with one of the alternatives, each a pattern that ends with a word. */
export function startingWith(...alternatives: readonly string[]): RegExp {
  return new RegExp(`^(?:${alternatives.join('|')})${wordEnd}`, flags);
}

/** Matches a text that has one of the alternatives in it, as whole words. */
export function containing(...alternatives: readonly string[]): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}'])(?:${alternatives.join('|')})${wordEnd}`, flags);
}

/** Matches a text that is one of the alternatives and nothing else. */
export function being(...alternatives: readonly string[]): RegExp {
  return new RegExp(`^(?:${alternatives.join('|')})$`, flags);
}

/** A group of alternatives inside a longer pattern, from words separated by spaces. */
export function oneOf(words: string): string {
  return `(?:${words.trim().split(/\s+/).join('|')})`;
}
