import type { Clause } from './clause.ts';
import { containing } from './patterns.ts';

const trouble = containing(
  "wrong|broken?|broke|damaged|missing|late|lost|never|hardly|cannot|\\p{L}+n't|not|no|fail(?:ed|s|ing)?|error|problem|issue",
  'stopped|stuck|twice|charged?|cancell?ed|refund(?:ed)?|unable|locked|stolen|expired|promised|still|without|keeps?',
  'leak(?:s|ing)?|crash(?:es|ed|ing)?|complain(?:ed|t)?|because|since|allergic|too \\p{L}+',
);

/** Whether something goes wrong for the customer, or a reason is given: it stays in the customer's words. */
export function isTrouble(text: string): boolean {
  return trouble.test(text);
}

const event =
  /^(?:(?:just|recently|already|also|originally|first) )*(?:\p{L}+ed|bought|got|sent|paid|made|took|had|came|went|left|was|were|has)\b/iu;

/** Whether it is said besides: neither a wish, nor something that happened, nor trouble. */
export function isAside({ form, isRequest, text }: Clause): boolean {
  return form === 'predicate' && isRequest !== true && !event.test(text) && !isTrouble(text);
}
