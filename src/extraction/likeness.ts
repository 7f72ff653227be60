/** How a new statement stands to one that is there: it says the same, it says that and more, or something else. */
export type Likeness = 'same' | 'more' | 'other';

/** A statement as it is compared with others. */
export interface Statement {
  readonly content: string;
  /** In lower case, without punctuation and calendar days. */
  readonly plain: string;
  /** The last calendar day that it resolves a day to; empty without one. */
  readonly lastDay: string;
  readonly words: ReadonlySet<string>;
  /** Negation, and who it is about besides the customer: statements that differ in these never say the same. */
  readonly stance: string;
}

const calendarDay = / ?\((\d{4}-\d{2}-\d{2})\)/g;
const negation = /\b(?:not|no|never|cannot|without|unable)\b|n['’]t\b/gi;
const kin =
  /\b(?:sister|brother|wife|husband|spouse|partner|son|daughter|child|kid|mother|father|mom|mum|dad|parent|friend|boss|colleague|neighbou?r|uncle|aunt|cousin|dog|cat)s?\b/gi;

/** Readies a statement for comparison. */
export function toStatement(content: string): Statement {
  const days = [...content.matchAll(calendarDay)].map((match) => match[1] ?? '');
  const undated = content.replace(calendarDay, '');
  const isNegated = undated.match(negation) !== null;
  const others = (undated.toLowerCase().match(kin) ?? []).map((word) => word.replace(/s$/, '')).toSorted();
  return {
    content,
    plain: normalise(undated),
    lastDay: days.toSorted().at(-1) ?? '',
    words: wordsOf(undated),
    stance: `${isNegated} ${[...new Set(others)].join(' ')}`,
  };
}

/** Words that a statement needs, to be taken for a part of another. */
const wordsMin = 2;
/** Words of a statement said in other words, and the share of them that must be there. */
const rewordedWordsMin = 4;
const rewordedShare = 0.7;

/** What the candidate adds to an existing statement. */
export function compare(candidate: Statement, existing: Statement): Likeness {
  if (candidate.plain === existing.plain) return candidate.lastDay > existing.lastDay ? 'more' : 'same';
  if (` ${existing.plain} `.includes(` ${withoutSubject(candidate.plain)} `)) return 'same';
  if (candidate.stance !== existing.stance) return 'other';
  const missing = [...candidate.words].filter((word) => !existing.words.has(word));
  if (missing.length === 0) return candidate.words.size >= wordsMin ? 'same' : 'other';
  if (existing.words.size >= wordsMin && [...existing.words].every((word) => candidate.words.has(word)))
    return 'more';
  const isReworded =
    candidate.words.size >= rewordedWordsMin &&
    missing.length <= candidate.words.size * (1 - rewordedShare) &&
    !missing.some((word) => isSpecific(word, candidate.content));
  return isReworded ? 'same' : 'other';
}

function withoutSubject(plain: string): string {
  return plain.replace(/^(?:the )?customer (?:s )?/, '');
}

/** Figures and names make another statement of the same words. */
function isSpecific(word: string, content: string): boolean {
  const at = content.toLowerCase().indexOf(word);
  return /\d/.test(word) || (at > 0 && /\p{Lu}/u.test(content.charAt(at)));
}

/** The same for texts that differ in case, spacing and punctuation only. */
export function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}@+]+/gu, ' ')
    .trim();
}

const common = new Set(
  (
    'a an the of to in on at by for from with and or but so as it its they them their that this these those is are was were be been ' +
    'has have had do does did will would can could customer customers agent company s said says say told wants want wanted needs need needed asked ' +
    'outcome booked chose agreed offered request plan mentioned also still now currently already recently just'
  ).split(' '),
);

function wordsOf(text: string): Set<string> {
  const words = normalise(text.replace(/n['’]t\b/g, ' not')).split(' ');
  return new Set(words.filter((word) => word !== '' && !common.has(word)).map(stemOf));
}

/** One form for "return", "returns" and "returned". */
function stemOf(word: string): string {
  if (/\d/.test(word) || word.length < 5) return word.replace(/(?<=\p{L}{3})s$/u, '');
  return word.replace(/(?:ing|ed|es|s|e)$/u, '');
}
