import { being, containing } from './patterns.ts';
import { isFigure, termsOf } from './terms.ts';
import { capitalise } from './text.ts';

const completions: readonly (readonly [string, RegExp])[] = [
  ['bought', containing('purchased|bought')],
  ['cancelled', containing('cancell?ed')],
  ['scheduled', containing('scheduled')],
  [
    'booked',
    containing('booked|reserved|made|confirmed|completed|successful(?:ly)?|all set|on (?:its|the) way'),
  ],
];
/** Words beyond what was agreed that still say nothing more: "the cab is on its way". */
const newsMax = 3;
const failed = containing("not|unable|fail(?:ed|ure)?|cannot|unsuccessful|\\p{L}+n't|sorry|unfortunately");

/**
 * What an outcome does to what was agreed before it: "Court has been booked" → "booked". Undefined when it did not come about,
 * or when the outcome says more than that.
 */
export function completionOf(outcome: string, agreed: string): string | undefined {
  if (failed.test(outcome)) return undefined;
  const verb = completions.find(([, pattern]) => pattern.test(outcome))?.[0];
  if (verb === undefined) return undefined;
  const known = termsOf(agreed);
  const news = [...termsOf(outcome)].filter((term) => !known.has(term) && !pattern(term));
  return news.length <= newsMax && !news.some(isFigure) ? verb : undefined;
}

const pattern = (term: string) => completions.some(([, done]) => done.test(term));

/** An outcome that says no more than that it was done, or that it could not be, in a few words. */
export function shortOutcome(outcome: string): string {
  if (!failed.test(outcome)) {
    const verb = completionOf(outcome, '');
    return verb === undefined ? outcome : capitalise(verb);
  }
  const news = [...termsOf(outcome)].filter((term) => !arranged.test(term));
  return news.length === 0 && booking.test(outcome) ? 'Could not be booked' : outcome;
}

const booking = containing('book(?:ed|ing)?|reserv\\p{L}+|appointment|tickets?|schedul\\p{L}+|purchase');
const arranged = being(
  "unable|able|couldn't|can't|cannot|not|failed|unsuccessful|unfortunately|sorry|table|appointment|ticket|ride|car|room|completed|successful",
);
