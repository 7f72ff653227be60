import type { Language } from './language.ts';
import { countTerms, tokenize, tokenizeText } from './tokenize.ts';

/** A memory as search is given it. */
export interface MemoryText {
  readonly id: string;
  readonly text: string;
  /** When it happened, in milliseconds: a question for May 2023 finds what happened then. */
  readonly occurredAt: number;
  readonly createdAt: number;
  /** Conversations that it comes from; the first decides which memories are its neighbours. */
  readonly conversationIds: readonly string[];
}

/** What search keeps of a memory. The text itself stays in the database. */
export interface SearchDocument {
  readonly id: string;
  readonly occurredAt: number;
  readonly createdAt: number;
  /** Memories with the same scene stand in it in the order of their ids. */
  readonly scene: string;
  /** How often each term stands in it. */
  readonly terms: ReadonlyMap<string, number>;
  /** Terms in all. */
  readonly length: number;
  /** Under whose rules its words in Latin letters were stemmed. */
  readonly language: Language;
  /** Who says it, in lower case, where a transcript says so (`Dana: ...`); else empty. */
  readonly speaker: string;
  /** It ends with a question. */
  readonly isQuestion: boolean;
  /** There is a question in it, which the next memory may answer. */
  readonly asks: boolean;
  /** It names a time or a date. */
  readonly tellsTime: boolean;
  /** It names a number or an amount. */
  readonly tellsNumber: boolean;
}

/** Made with the first document: the data of the language is slow to load. */
let dateFormat: Intl.DateTimeFormat | undefined;

/** A name and a colon in front: one to three words without digits. */
const speakerPattern = /^([\p{L}][\p{L}\p{M}.'’-]*(?: [\p{L}][\p{L}\p{M}.'’-]*){0,2}):\s+/u;
const questionAtEnd = /[?？؟]\s*(?:\([^()]*\))?$/u;
const question = /[?？؟]/u;
const timeWords =
  /\b(?:yesterday|today|tomorrow|tonight|last|next|ago|weeks?|months?|years?|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|may|june|july|august|september|october|november|december|since|morning|evening|recently|soon|\d{4})\b/i;
const numberWords =
  /\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|dozen|couple|several|twice|once)\b/i;

export function toDocument({ id, text, occurredAt, createdAt, conversationIds }: MemoryText): SearchDocument {
  const { terms: said, language } = tokenizeText(text);
  const terms = [...said, ...tokenize(formatDate(occurredAt))];
  const prefix = text.match(speakerPattern);
  const message = prefix ? text.slice(prefix[0].length) : text;
  return {
    id,
    occurredAt,
    createdAt,
    scene: conversationIds[0] ?? `at:${occurredAt}`,
    terms: countTerms(terms),
    length: terms.length,
    language,
    speaker: prefix?.[1]?.toLowerCase() ?? '',
    isQuestion: questionAtEnd.test(message),
    asks: question.test(message),
    tellsTime: timeWords.test(message),
    tellsNumber: numberWords.test(message),
  };
}

function formatDate(occurredAt: number): string {
  dateFormat ??= new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' });
  return dateFormat.format(occurredAt);
}
