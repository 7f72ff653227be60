import type { GuardCategory } from '../../config/index.ts';

/** What sentences of a category have in them. */
export interface Statement {
  readonly category: GuardCategory;
  readonly says: readonly RegExp[];
  /** Taken out of the sentence before it is looked at: what only sounds like it. Global. */
  readonly except?: RegExp;
}

/** Any of the words or phrases, whole, whatever their case. */
export function anyOf(...phrases: readonly string[]): RegExp {
  return new RegExp(`\\b(?:${phrases.join('|')})\\b`, 'i');
}

/** "I'm", "she is", "Customer was", with what may stand before the word that follows. */
export const isA =
  "(?:(?:i|we|he|she|they|who|that|customer|caller|husband|wife|partner|spouse|son|daughter|child|kid|mother|father|mom|mum|dad|brother|sister|friend|parents|children|family|both|also|and) (?:am|is|are|was|were|be|being|identif(?:y|ies) as|c[ao]me out as|(?:is|am|are) (?:openly|proudly)|(?:was|were) (?:born|raised|brought up)(?: as)?)|(?:i|we|he|she|they|who)['’](?:m|re|s)|as)(?: (?:a|an|the|also|actually|openly|both|all|very|devout|devoutly|practi[cs]ing|observant|strict|proud|proudly|lifelong|registered|strongly|staunch|committed|life-long|born-again|strictly|deeply|quite|pretty|fairly|non-practi[cs]ing|lapsed|ultra-|transgender|trans|single|young|old|elderly|disabled)){0,3}";
