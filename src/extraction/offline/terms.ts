import { being, containing, oneOf } from './patterns.ts';
import { inFigures } from './text.ts';

/** Words that carry no information of their own: function words, courtesies, and verbs of asking and arranging. */
const uninformative = new Set(
  (
    'a an the this that these those it its they them their theirs themselves he she his her who which what when where how why ' +
    'i me my we our us you your is are was were be been being am do does did done has have had having will would can could ' +
    'shall should may might must of in on at by for from with about into onto over as if then than so and or but to up out ' +
    'there here also just only really very too still already now again please ok okay well actually instead maybe perhaps ' +
    'some any such one ones thing things something anything someone somewhere everything all both other others another else ' +
    'customer company agent said says say tell told wonder wondering wants want wanted needs need needed like likes love prefer prefers wish wishes ' +
    'asked ask asks find found finding search searching searched look looking looks looked see seeing get getting got give book ' +
    'booking booked reserve reserved reservation reservations make made making take takes taking buy purchase purchased try check ' +
    'show help go going want choose chose chosen pick let know interested interesting good great nice fine perfect possible ' +
    'available option options specifically located leave leaves fly travel head headed planning ' +
    'incorrect correct following detail details confirm confirming confirmation information based result results revealed name named called ' +
    'plan plans date time place city day works work around near more different'
  ).split(' '),
);

const wordPattern = /[\p{L}\p{N}@+]+(?:['.:/-][\p{L}\p{N}]+)*/gu;

/** Whether a word says something of its own. */
export function isInformative(word: string): boolean {
  return /[\p{L}\p{N}]/u.test(word) && !uninformative.has(word.toLowerCase());
}

/**
 * The words that tell one statement from another: names, figures, things; in one form for singular and plural. A figure goes
 * with the word that it counts or dates, so that two tickets are not taken for two nights.
 */
export function termsOf(text: string): Set<string> {
  const words = (inFigures(text.toLowerCase()).match(wordPattern) ?? [])
    .filter((word) => !uninformative.has(word))
    .map(singular);
  return new Set(words.map((word, at) => (isFigure(word) ? withCompany(word, words, at) : word)));
}

/** "2 tickets" → "2 ticket", "June 3rd" and "3rd of June" → "3 june". */
function withCompany(figure: string, words: readonly string[], at: number): string {
  const [before = '', after = ''] = [words[at - 1], words[at + 1]];
  const company = monthName.test(before) || after === '' || isFigure(after) ? before : after;
  return company === '' || isFigure(company) ? figure : `${figure} ${company}`;
}

function singular(word: string): string {
  if (/\d/.test(word)) return word.replace(/(?<=\d)(?:st|nd|rd|th)$/, '');
  const stem = word.replace(/['’]s$/, '');
  return stem.length > 3 && /[^s]s$/.test(stem) ? stem.slice(0, -1) : stem;
}

/** Share of the terms that the others have. */
export function shareIn(terms: ReadonlySet<string>, others: ReadonlySet<string>): number {
  if (terms.size === 0) return 1;
  return [...terms].filter((term) => others.has(term)).length / terms.size;
}

/** Whether the term is or holds a figure. */
export function isFigure(term: string): boolean {
  return /\d/.test(term);
}

/** Whether a term of the text has a capital that no sentence gives it. */
export function isNamed(term: string, text: string): boolean {
  const at = text.toLowerCase().indexOf(term);
  return at > 0 && /\p{Lu}/u.test(text.charAt(at)) && !/[.!?]\s*$/.test(text.slice(0, at));
}

const monthName = being(
  oneOf('january february march april may june july august september october november december'),
);
const days = oneOf('monday tuesday wednesday thursday friday saturday sunday');
const months = oneOf('january february march april may june july august september october november december');
const date = containing(
  'today|tonight|tomorrow',
  `(?:this|next|last|coming|following) (?:week|weekend|month|year|morning|afternoon|evening|night|${days}|${months})`,
  days,
  `(?:${months} \\d+|\\d+(?:st|nd|rd|th)?(?: of)? ${months})(?:st|nd|rd|th)?`,
  'the \\d+(?:st|nd|rd|th)',
);

/** Whether a text names a day. */
export function isDated(text: string): boolean {
  return date.test(text);
}

/** Whether a text has a figure, a name or a day in it. */
export function hasParticulars(text: string): boolean {
  return isDated(text) || [...termsOf(text)].some((term) => isFigure(term) || isNamed(term, text));
}
