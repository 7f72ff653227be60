import { normalise } from './likeness.ts';

const matters =
  /\b(?:order|booking|reservation|ticket|case|account|tracking|invoice|reference|claim|confirmation|subscription|policy|complaint|return)(?: (?:id|number|no\.?|code|ref(?:erence)?))*\s*[:#]*\s*(?=[\p{L}\p{N}-]*\d{3})([\p{L}\p{N}][\p{L}\p{N}-]{3,31})/giu;
/** Characters of an observation that keeps what was said before of a matter. */
const contentMax = 400;

/** The numbers of orders, bookings and cases that a statement names: "order ID: BX-88213" → "bx 88213". */
export function mattersOf(content: string): string[] {
  return [...content.matchAll(matters)].map((match) => normalise(match[1] ?? ''));
}

/** The news of a matter with what was known of it; undefined when that is too long to read in one. */
export function withHistory(news: string, known: string): string | undefined {
  const history = known.replace(/^(?:The )?customer /i, '');
  const joined = `${news.replace(/[.\s]+$/, '')}. Before: ${history}`;
  return joined.length <= contentMax ? joined : undefined;
}
