import { type QueryWord, splitWords } from '../search/index.ts';
import type { RecalledCommunication } from './communications.ts';
import type { DateRange } from './date-range.ts';

/** What a query asks for. */
export interface Query {
  readonly words: readonly QueryWord[];
  /** Words that may be names of those who speak. */
  readonly names: ReadonlySet<string>;
  /** It asks when something was, or how long. */
  readonly asksTime: boolean;
  /** The span of time that it names. */
  readonly range: DateRange | undefined;
  /** The query as it was written, or what was said. */
  readonly text: string;
}

const asksTime = /^\s*(?:when|since when)\b|\bwhat (?:date|month|year|day|time)\b|\bhow long\b/i;
/** Characters of a turn that are looked at when a query is inferred. */
const turnLengthMax = 2000;
/** How much less each turn counts than the one after it, and than the customer's own words. */
const turnDecay = 0.8;
const otherShare = 0.5;

/** A query in words. */
export function toQuery(text: string, range: DateRange | undefined): Query {
  return {
    words: splitWords(text).map((word) => ({ word, weight: 1 })),
    names: namesIn(text),
    asksTime: asksTime.test(text),
    range,
    text,
  };
}

/**
 * The query that the latest turns of a conversation amount to, oldest first: what was said last counts most, and the
 * customer's words count more than others'. Undefined when nothing was said.
 */
export function inferQuery(turns: readonly RecalledCommunication[]): Query | undefined {
  const weights = new Map<string, number>();
  for (const [age, { text, author }] of [...turns].reverse().entries()) {
    const weight = turnDecay ** age * (author.type === 'CUSTOMER' ? 1 : otherShare);
    for (const word of new Set(splitWords(text.slice(0, turnLengthMax)))) {
      weights.set(word, (weights.get(word) ?? 0) + weight);
    }
  }
  if (weights.size === 0) return undefined;
  const last = turns.at(-1)?.text.slice(0, turnLengthMax) ?? '';
  return {
    words: [...weights].map(([word, weight]) => ({ word, weight })),
    names: namesIn(last),
    asksTime: asksTime.test(last),
    range: undefined,
    text: turns.map(({ text }) => text.slice(0, turnLengthMax)).join('\n'),
  };
}

function namesIn(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []);
}
