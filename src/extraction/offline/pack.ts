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
  const budget = Math.max(observationsMin, Math.ceil(messages / messagesPerObservation));
  return mostUseful(group(clauses), Math.min(observationsMax, budget)).map(write);
}

/** An observation in the making. */
interface Draft {
  readonly first: Clause;
  readonly others: Clause[];
  /** What it is about, for a reader who sees nothing else. */
  readonly topic: string;
}

function group(clauses: readonly Clause[]): Draft[] {
  const drafts: Draft[] = [];
  const topics = new Topics();
  let open: Draft | undefined;
  for (const clause of withoutRepeats(clauses.map(withFigures))) {
    const topic = topics.of(clause);
    if (!clause.turn.isNew) continue;
    if (open && canTake(open, clause)) {
      open.others.push(clause);
      continue;
    }
    const draft: Draft = { first: clause, others: [], topic };
    drafts.push(draft);
    if (!standsAlone(clause)) open = draft;
  }
  return drafts;
}

function withFigures(clause: Clause): Clause {
  return clause.form === 'detail' ? clause : { ...clause, text: inFigures(clause.text) };
}

const isResult = (form: ClauseForm) => !['predicate', 'label', 'detail'].includes(form);
const standsAlone = ({ form, isPersonal }: Clause) => form === 'detail' || isPersonal === true;
/** Room for what joins one clause to the next: "; ", ". Outcome: ". */
const joinLength = 12;

function canTake({ first, others, topic }: Draft, next: Clause): boolean {
  if (standsAlone(next) || isResult(first.form) !== isResult(next.form)) return false;
  const texts = [first, ...others, next].map(({ text }) => text);
  const length = texts.reduce((sum, text) => sum + text.length + joinLength, topic.length);
  return length <= contentMax;
}

/** The first of the most useful ones, in their order: how it ended and who the customer is before everything else. */
function mostUseful(drafts: readonly Draft[], max: number): Draft[] {
  const usefulness = ({ first }: Draft) => {
    if (first.form === 'told' || first.form === 'offered') return 0;
    return standsAlone(first) || isResult(first.form) ? 2 : 1;
  };
  const kept = new Set(drafts.toSorted((a, b) => usefulness(b) - usefulness(a)).slice(0, max));
  return drafts.filter((draft) => kept.has(draft));
}

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

function write(draft: Draft): Candidate {
  const clauses = [draft.first, ...draft.others];
  const joined = draft.others.map((clause, index) => join(clause, clauses[index]?.form));
  return {
    content: clip([begin(draft), ...joined].join(''), contentMax),
    occurredAt: Math.max(...clauses.map(({ turn }) => turn.occurredAt)),
    evidence: [...new Set(clauses.map(({ turn }) => turn.index))].sort((a, b) => a - b),
  };
}

function begin({ first, topic }: Draft): string {
  const lead = leads[first.form];
  const isClear =
    standsAlone(first) || first.isRequest || first.text.toLowerCase().includes(topic.toLowerCase());
  const about = isClear ? '' : ` (${topic})`;
  if (first.form === 'detail') return `${lead} ${first.text}`;
  return first.form === 'predicate' ? `${lead} ${first.text}${about}` : `${lead}${about}: ${first.text}`;
}

function join({ form, text }: Clause, previous: ClauseForm | undefined): string {
  if (!isResult(form)) return `; ${text}`;
  return form === previous ? `. ${text}` : `. ${capitalise(leads[form].replace(/^Customer /, ''))}: ${text}`;
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
