import { isTrouble } from './aside.ts';
import { isResult } from './clause.ts';
import { oneOf, startingWith } from './patterns.ts';
import { phrasesOf } from './phrases.ts';
import { hasParticulars, isNamed, termsOf } from './terms.ts';
import type { TopicalClause } from './topic.ts';

/** A clause in the phrases it comes to. */
export interface Sketch {
  readonly clause: TopicalClause;
  /** "wants to ": what the phrases complete. */
  readonly lead: string;
  readonly phrases: readonly string[];
}

/**
 * A clause in as few words as note-takers use: phrases that carry names, figures and things. Statements about the person, and
 * those without particulars, stay whole.
 */
export function sketch(clause: TopicalClause): Sketch {
  const { text } = clause;
  if (!isBriefable(clause)) return { clause, lead: '', phrases: [text] };
  const lead = clause.form === 'predicate' ? (leads.exec(text)?.[0] ?? '') : '';
  const rest = text.slice(lead.length);
  const phrases = isResult(clause) ? withParticulars(phrasesOf(rest), clause) : phrasesOf(rest);
  if (phrases.length === 0) return { clause, lead: '', phrases: [text] };
  // "wants to make a booking for 4" comes to "wants a booking for 4".
  const isSameVerb = rest.startsWith(phrases[0] ?? '');
  return { clause, lead: isSameVerb ? lead : lead.replace(/ to $/, ' '), phrases };
}

/** What an agent says around names and figures goes. */
function withParticulars(phrases: readonly string[], { form, text }: TopicalClause): string[] {
  const isChoice = form !== 'agreed' && phrases.length > 1 && choiceGiven.test(text);
  const telling = isChoice && countOnly.test(phrases[0] ?? '') ? phrases.slice(1) : phrases;
  return telling.filter(
    (phrase, at) =>
      at === 0 || hasParticulars(phrase) || [...termsOf(phrase)].some((term) => isNamed(term, text)),
  );
}

/** "8 flights": how many there were to choose from. */
const countOnly = /^\d+(?: \p{Ll}+)?$/u;
const choiceGiven = /\p{L}\. \P{Ll}|\b(?:found|including|such as|options?|which)\b/u;

const leads = /^(?:(?:wants|needs|prefers|asked about)(?: to)?|doesn't want(?: to)?)\b ?/;

/** Arrangements: requests, plans, offers and bookings with particulars. */
function isBriefable(clause: TopicalClause): boolean {
  if (clause.form === 'detail' || clause.form === 'label' || clause.form === 'outcome' || clause.isPersonal)
    return false;
  if (!hasParticulars(clause.text) || (clause.form === 'told' && clause.text.includes(': '))) return false;
  if (isResult(clause)) return true;
  if (isTrouble(clause.text) || /^asked (?!about )/.test(clause.text)) return false;
  return clause.isRequest === true || plan.test(clause.text);
}

const plan =
  /^(?:will|would|is (?:\p{L}+ly )?(?!not\b|un)\p{L}+ing|plans?|intends?|has to|says (?:the|their|there)|mentioned)\b/iu;

/** The clause in the words of its sketch. */
export function writeSketch({ clause, lead, phrases }: Sketch): TopicalClause {
  const [first = '', ...others] = phrases;
  const text = others.reduce((joined, phrase) => joined + (isAttached(phrase) ? ' ' : ', ') + phrase, first);
  const isVerbless =
    clause.form === 'predicate' && (lead === '' ? !clause.text.startsWith(first) : isAttached(first));
  const shown = isResult(clause) ? text.replace(/^with (?:an? )?/i, '') : text;
  return { ...clause, text: isVerbless ? text : lead + shown, isVerbless };
}

/** Whether a phrase begins with a preposition, and so goes on with what stands before it. */
export function isAttached(phrase: string): boolean {
  return prepositions.test(phrase);
}

const prepositions = startingWith(
  oneOf(
    'from to at in on for with by near around before after until since between via without under over into',
  ),
);
