import type { Candidate } from '../extractor.ts';
import { type Clause, type ClauseForm, isResult } from './clause.ts';
import { completionOf } from './completion.ts';
import { isAttached } from './sketch.ts';
import { shareIn, termsOf } from './terms.ts';
import { capitalise, clip } from './text.ts';
import type { Topic, TopicalClause } from './topic.ts';

/** Characters of an observation, a size that is quick to read (memory-semantics section 18). */
const contentMax = 200;
/** Observations of a conversation of ordinary length; a longer one may have one for every few messages. */
const observationsMin = 10;
const messagesPerObservation = 3;
const observationsMax = 60;

/**
 * Writes clauses down: details and lasting facts each for themselves, so that later conversations can update them; what was
 * wanted with what came of it, so that each observation can be read on its own.
 */
export function packClauses(clauses: readonly TopicalClause[], messages: number): Candidate[] {
  const budget = Math.max(observationsMin, Math.ceil(messages / messagesPerObservation));
  return mostUseful(group(clauses), Math.min(observationsMax, budget)).map(write);
}

/** An observation in the making: at least one clause. */
interface Draft {
  readonly clauses: Clause[];
  /** What it is about, for a reader who sees nothing else. */
  readonly topic: Topic;
}

function group(clauses: readonly TopicalClause[]): Draft[] {
  const drafts: Draft[] = [];
  let open: Draft | undefined;
  for (const clause of clauses) {
    const { topic } = clause;
    if (!clause.turn.isNew) continue;
    if (open?.topic === topic && canTake(open, clause)) {
      open.clauses.push(clause);
      continue;
    }
    const draft: Draft = { clauses: [clause], topic };
    drafts.push(draft);
    if (!standsAlone(clause)) open = draft;
  }
  return drafts;
}

const standsAlone = ({ form, isPersonal }: Clause) => form === 'detail' || isPersonal === true;

function canTake(draft: Draft, next: Clause): boolean {
  if (standsAlone(next)) return false;
  return textOf({ ...draft, clauses: [...draft.clauses, next] }).length <= contentMax;
}

/** The first of the most useful ones, in their order: how it ended and who the customer is before everything else. */
function mostUseful(drafts: readonly Draft[], max: number): Draft[] {
  const usefulness = ({ clauses }: Draft) => {
    if (clauses.every(({ form }) => form === 'told' || form === 'offered')) return 0;
    return clauses.some((clause) => standsAlone(clause) || isResult(clause)) ? 2 : 1;
  };
  const kept = new Set(drafts.toSorted((a, b) => usefulness(b) - usefulness(a)).slice(0, max));
  return drafts.filter((draft) => kept.has(draft));
}

function write(draft: Draft): Candidate {
  const { clauses } = draft;
  return {
    content: clip(textOf(draft), contentMax),
    occurredAt: Math.max(...clauses.map(({ turn }) => turn.occurredAt)),
    evidence: [...new Set(clauses.map(({ turn }) => turn.index))].sort((a, b) => a - b),
  };
}

const leads: Readonly<Record<ClauseForm, string>> = {
  predicate: '',
  label: 'said',
  detail: '',
  agreed: 'agreed',
  chosen: 'chose',
  offered: 'was offered',
  outcome: 'Outcome',
  told: 'was told',
};

function textOf({ clauses, topic }: Draft): string {
  const parts = withCompletions([...clauses.filter(isWish), ...clauses.filter((clause) => !isWish(clause))]);
  return parts
    .map((part, index) => (index === 0 ? begin(part, topic.name) : join(part, parts[index - 1])))
    .join('');
}

/** What was wanted and said comes before what came of it. */
const isWish = (clause: Clause) => !isResult(clause) && !notBooked.test(clause.text);

/** A clause with the words that lead up to it. */
interface Part {
  readonly clause: Clause;
  readonly lead: string;
}

/** What was agreed and then done is "booked"; the outcome that says so is not repeated. */
function withCompletions(clauses: readonly Clause[]): Part[] {
  const parts: Part[] = [];
  for (const clause of clauses) {
    const before = parts.at(-1);
    const lead = before && leadAfter(before.clause, clause);
    if (before && lead) parts[parts.length - 1] = { ...before, lead };
    else parts.push({ clause, lead: leads[clause.form] });
  }
  return parts;
}

function leadAfter(before: Clause, clause: Clause): string | undefined {
  if (before.form === 'chosen' && notBooked.test(clause.text)) return 'liked but did not book';
  if (clause.form !== 'outcome' || (before.form !== 'agreed' && before.form !== 'chosen')) return undefined;
  return completionOf(clause.text, before.text);
}

const notBooked =
  /^(?:does not|doesn't) (?:want|wish)(?: the agent)? to (?:book|buy|purchase|reserve|get|rent|make a (?:booking|reservation))\b/i;

function begin({ clause, lead }: Part, topic: string): string {
  const { form, text } = clause;
  if (form === 'detail') return `Customer's ${text}`;
  if (form === 'predicate' && !clause.isVerbless && (standsAlone(clause) || clause.isRequest))
    return `Customer ${text}`;
  const isClear = shareIn(termsOf(topic), termsOf(text)) === 1;
  const about = isClear ? '' : ` (${topic})`;
  if (clause.isVerbless) return `Customer's ${clause.isRequest ? 'request' : 'plan'}${about}: ${text}`;
  if (form === 'predicate') return `Customer ${text}${about}`;
  return `${form === 'outcome' ? lead : `Customer ${lead}`}${about}: ${text}`;
}

/** What a phrase like "on Friday" can go on from. */
const isArrangement = ({ isRequest, isVerbless }: Clause) => isRequest === true || isVerbless === true;

const isDone = /^(?:Booked|Bought|Scheduled|Cancelled|Could not be booked)$/;

function join({ clause, lead }: Part, previous: Part | undefined): string {
  if (clause.isVerbless && isAttached(clause.text) && previous && isArrangement(previous.clause))
    return ` ${clause.text}`;
  if (!isResult(clause))
    return `; ${clause.text.replace(/^(?:wants |needs |says |is (?=\p{L}+ing\b))/u, '')}`;
  if (isDone.test(clause.text)) return `. ${clause.text}`;
  return lead === previous?.lead ? `. ${capitalise(clause.text)}` : `. ${capitalise(lead)}: ${clause.text}`;
}
