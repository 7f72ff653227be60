import type { GuardCategory } from '../../config/index.ts';

/** What sentences of a category have in them. */
export interface Statement {
  readonly category: GuardCategory;
  readonly says: readonly RegExp[];
  /** Taken out of the sentence before it is looked at: what only sounds like it. */
  readonly except: RegExp;
}

/** The source of a pattern for any of the phrases, to build others from. */
export function oneOf(...phrases: readonly string[]): string {
  return `(?:${phrases.join('|')})`;
}

/** Any of the words or phrases, whole, whatever their case. */
export function anyOf(...phrases: readonly string[]): RegExp {
  return new RegExp(`\\b${oneOf(...phrases)}\\b`, 'i');
}

/** Each of the phrases, wherever they stand. */
export function lookalikes(...phrases: readonly string[]): RegExp {
  return new RegExp(phrases.join('|'), 'gi');
}

const speaker = '(?:i|we|he|she|they|who|that)';
const relative =
  '(?:customer|caller|husband|wife|partner|spouse|son|daughter|child|kid|mother|father|mom|mum|dad|brother|sister|friend|parents|children|family|both|also|and)';
const being = oneOf(
  '(?:am|is|are|was|were|be|being)(?: (?:openly|proudly|born|raised|brought up)(?: as)?)?',
  'identif(?:y|ies) as',
  'c[ao]me out as',
);
const manner = oneOf(
  '(?:an?|the|also|actually|both|all|very|quite|pretty|fairly|deeply|strongly)',
  '(?:open|proud)(?:ly)?',
  '(?:devout|strict)(?:ly)?',
  '(?:practi[cs]ing|non-practi[cs]ing|observant|lapsed|born-again|ultra-)',
  '(?:life-?long|registered|staunch|committed)',
  '(?:trans|transgender|single|young|old|elderly|disabled)',
);

/** "I'm", "she is a", "Customer was", "as a": what stands before the word for what somebody is. */
export const isA = `(?:(?:${speaker}|${relative}) ${being}|${speaker}['’](?:m|re|s)|as)(?: ${manner}){0,3}`;
