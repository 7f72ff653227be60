import type { Candidate } from '../extractor.ts';
import type { Clause, ClauseForm } from './clause.ts';
import { capitalise, clip, inFigures } from './text.ts';

/** Characters of an observation, a size that is quick to read (memory-semantics section 18). */
const contentMax = 200;
/** Observations of a conversation of ordinary length; a longer one may have one for every few messages. */
const observationsMin = 10;
const messagesPerObservation = 3;
const observationsMax = 60;

/**
 * Writes clauses down: details and lasting facts each for themselves, so that later conversations can update them; what was
 * wanted, and how it ended, packed into observations that can be read on their own.
 */
export function packClauses(clauses: readonly Clause[], messages: number): Candidate[] {
  const drafts: Draft[] = [];
  const topics = new Topics();
  let open: Draft | undefined;
  for (const clause of withoutRepeats(clauses.map(withFigures))) {
    const topic = topics.of(clause);
    if (!clause.turn.isNew) continue;
    if (open && canTake(open, clause)) {
      open.clauses.push(clause);
      continue;
    }
    const draft: Draft = { clauses: [clause], topic };
    drafts.push(draft);
    if (!standsAlone(clause)) open = draft;
  }
  const budget = Math.max(observationsMin, Math.ceil(messages / messagesPerObservation));
  return drafts.slice(0, Math.min(observationsMax, budget)).map(write);
}

function withFigures(clause: Clause): Clause {
  return clause.form === 'detail' ? clause : { ...clause, text: inFigures(clause.text) };
}

/** An observation in the making. */
interface Draft {
  readonly clauses: Clause[];
  /** What it is about, for a reader who sees nothing else. */
  readonly topic: string;
}

const isResult = (form: ClauseForm) => !['predicate', 'label', 'detail'].includes(form);
const standsAlone = ({ form, isPersonal }: Clause) => form === 'detail' || isPersonal === true;

function canTake({ clauses, topic }: Draft, next: Clause): boolean {
  const first = clauses[0];
  if (!first || standsAlone(first) || standsAlone(next)) return false;
  const length = clauses.reduce((sum, { text }) => sum + text.length + joinLength, next.text.length);
  return isResult(first.form) === isResult(next.form) && length + topic.length + joinLength <= contentMax;
}

/** Room for what joins one clause to the next: "; ", ". Outcome: ". */
const joinLength = 12;

const leads: Readonly<Record<ClauseForm, string>> = {
  predicate: 'Customer',
  label: 'Customer said',
  detail: "Customer's",
  agreed: 'Customer agreed to',
  chosen: 'Customer chose',
  offered: 'Customer was offered',
  outcome: 'Outcome',
  told: 'Customer was told',
};

function write({ clauses, topic }: Draft): Candidate {
  const parts: string[] = [];
  let previous: ClauseForm | undefined;
  for (const { form, text, isRequest } of clauses) {
    if (previous === undefined) {
      const about =
        topic === '' || isRequest || text.toLowerCase().includes(topic.toLowerCase()) || form === 'detail'
          ? ''
          : ` (${topic})`;
      parts.push(
        form === 'predicate' || form === 'detail'
          ? `${leads[form]} ${text}${form === 'detail' ? '' : about}`
          : `${leads[form]}${about}: ${text}`,
      );
    } else if (!isResult(form)) parts.push(`; ${text}`);
    else if (form === previous) parts.push(`. ${text}`);
    else parts.push(`. ${capitalise(leads[form].replace(/^Customer /, ''))}: ${text}`);
    previous = form;
  }
  return { content: clip(parts.join(''), contentMax), occurredAt: clauses.at(-1)?.turn.occurredAt ?? 0 };
}

/** Follows what a conversation is about: the first thing wanted, until that has ended and something else is. */
class Topics {
  #topic = '';
  #hasEnded = true;

  of(clause: Clause): string {
    if (isResult(clause.form)) this.#hasEnded = true;
    else if (clause.isRequest && this.#hasEnded) {
      const topic = topicOf(clause.text);
      if (topic !== '') {
        this.#topic = topic;
        this.#hasEnded = false;
      }
    }
    return this.#topic;
  }
}

const topicLengthMax = 32;

/** "would like to book a table for two" → "table". */
function topicOf(text: string): string {
  const object =
    /\b(?:find|book|reserve|make|get|buy|order|needs?|wants?|return|cancel|change|looking for|search(?:ing)? for|like|about|for help with|purchase|rent|schedule|exchange|see|check on|check)(?: (?:me|them|up|out|for|to|a|an|the|some|any|their|my|new|\d+|find|book|reserve|make|get|buy|order|see|go|return|cancel|change|rent|check|on|eat|use|try|taste|attend|travel|fly|visit|have|be|know|call|ask|talk|speak|look|search|pick|rent|join))* ((?:[\p{L}\p{N}'-]+ ?){1,4})/iu.exec(
      text,
    )?.[1] ?? '';
  const words = object.trim().split(' ');
  const end = words.findIndex((word) => topicEnd.test(word));
  return clip(words.slice(0, end === -1 ? words.length : end).join(' '), topicLengthMax);
}

const topicEnd =
  /^(?:for|at|on|in|from|to|with|near|around|by|that|this|it|them|which|who|and|or|of|please|as|is|are|because|so|when|if|how|what|where|whether|i|they|leaving|going|departing|departs|there|here|something|somewhere|someone|instead|out|more|together)$/i;

function withoutRepeats(clauses: readonly Clause[]): Clause[] {
  const seen = new Set<string>();
  return clauses.filter(({ text }) => {
    const key = text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
    return !seen.has(key) && seen.add(key);
  });
}
