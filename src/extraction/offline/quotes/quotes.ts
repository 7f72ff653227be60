import type { Candidate, Turn } from '../../extractor.ts';
import { isSecretLabel } from '../../guard/index.ts';
import { clip } from '../text.ts';
import { contactsIn } from './contacts.ts';
import { languageOf, salienceOf } from './salience.ts';

/** Characters of an observation (memory-semantics section 18). */
const contentMax = 200;
/** Share of the characters that the customer wrote, and what is always there. */
const shareOfSaid = 0.6;
const charactersMin = 200;
const observationsMax = 10;
/** What a sentence has to say, to be kept; and how little makes an answer that needs its question. */
const salienceMin = 2;
/** An answer may be a single word. */
const answerSalienceMin = 1;
const bareAnswerSalienceMax = 3;
const summaryMax = 1000;
const summaryQuoteMax = 600;
const closingMax = 300;

/** Whether the rules can read what the customer wrote. */
export function isEnglish(turns: readonly Turn[]): boolean {
  return languageOf(textOf(turns)) === 'english';
}

/** A message of the customer in the sentences that say something. */
interface Quote {
  readonly turn: Turn;
  readonly text: string;
  readonly salience: number;
  /** What the agent had asked, when the words mean little without it. */
  readonly question: string | undefined;
}

/**
 * What is kept of a conversation in a language that the rules do not read: addresses to reach the customer under, and the
 * sentences that say most, in the customer's words.
 */
export function quoteCustomer(turns: readonly Turn[]): Candidate[] {
  const quotes = mostSalient(
    quotesOf(turns).filter(({ turn }) => turn.isNew),
    textOf(turns).length,
  );
  return turns
    .filter(({ side, isNew }) => side === 'customer' && isNew)
    .flatMap((turn) => [
      ...contactsIn(turn.text).map((contact) => write(turn, `Customer's ${contact}`)),
      ...quotes.filter((quote) => quote.turn === turn).map((quote) => write(turn, wordsOf(quote))),
    ]);
}

/** The sentences of the customer that say most, and the last words from the other side. */
export function summariseQuotes(
  turns: readonly Turn[],
  customerName: string | undefined,
): string | undefined {
  const quotes = quotesOf(turns);
  if (quotes.length === 0) return undefined;
  const said = mostSalient(quotes, summaryQuoteMax).map(({ text }) => text);
  const closing = turns.findLast(
    ({ side, text }) => side === 'agent' && salienceOf(text, languageOf(text)) >= salienceMin,
  );
  const parts = [
    `${customerName ?? 'The customer'} said: "${clip(said.join(' '), summaryQuoteMax)}"`,
    ...(closing ? [`The agent said last: "${clip(closing.text, closingMax)}"`] : []),
  ];
  return clip(parts.join(' '), summaryMax);
}

function quotesOf(turns: readonly Turn[]): Quote[] {
  const language = languageOf(textOf(turns));
  let question: string | undefined;
  const quotes: Quote[] = [];
  for (const turn of turns) {
    if (turn.side === 'agent') question = questionIn(turn.text);
    if (turn.side !== 'customer') continue;
    const quote = quoteOf(turn, language, question);
    if (quote) quotes.push(quote);
    question = undefined;
  }
  return quotes;
}

function quoteOf(
  turn: Turn,
  language: ReturnType<typeof languageOf>,
  question: string | undefined,
): Quote | undefined {
  if (question !== undefined && isSecretLabel(question)) return undefined;
  const least = question === undefined ? salienceMin : answerSalienceMin;
  const telling = sentencesOf(turn.text).filter((sentence) => salienceOf(sentence, language) >= least);
  if (telling.length === 0) return undefined;
  const text = telling.join(' ');
  const salience = salienceOf(text, language);
  return { turn, text, salience, question: salience <= bareAnswerSalienceMax ? question : undefined };
}

/** The quotes that say most in the room there is, in their order. */
function mostSalient(quotes: readonly Quote[], customerCharacters: number): Quote[] {
  let room = Math.max(charactersMin, customerCharacters * shareOfSaid);
  const kept = new Set<Quote>();
  for (const quote of quotes.toSorted((a, b) => b.salience - a.salience)) {
    const { length } = wordsOf(quote);
    if (kept.size === observationsMax || length > room) continue;
    room -= length;
    kept.add(quote);
  }
  return quotes.filter((quote) => kept.has(quote));
}

function wordsOf({ text, question }: Quote): string {
  const quote = clip(text, contentMax / 2);
  return question === undefined
    ? `Customer said: "${clip(text, contentMax - 20)}"`
    : `Customer, asked "${clip(question, contentMax / 2 - 30)}", said: "${quote}"`;
}

function write({ index, occurredAt }: Turn, content: string): Candidate {
  return { content, occurredAt, evidence: [index] };
}

/** What an agent asked last in a message. */
function questionIn(text: string): string | undefined {
  return sentencesOf(text).findLast((sentence) => /[?？؟]\s*$/u.test(sentence));
}

/** Sentences by the marks of many scripts; a full stop ends one where a space follows. */
function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[。！？])|(?<=[.!?؟।…])\s+|[\r\n]+/u)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}

function textOf(turns: readonly Turn[]): string {
  return turns
    .filter(({ side }) => side === 'customer')
    .map(({ text }) => text)
    .join('\n');
}
