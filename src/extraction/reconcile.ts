import type { Candidate } from './extractor.ts';
import { type FactSlot, factSlotOf } from './fact-slot.ts';
import { compare, normalise, type Statement, toStatement } from './likeness.ts';
import { mattersOf, withHistory } from './matter.ts';

/** An observation that the profile holds. */
export interface Existing {
  readonly id: string;
  readonly content: string;
  readonly conversationIds: readonly string[];
}

export interface Reconciled {
  readonly added: readonly Candidate[];
  readonly revised: readonly { readonly existing: Existing; readonly candidate: Candidate }[];
}

/**
 * What becomes of each candidate (memory-semantics section 18). Discarded: what the profile says already, in these words or
 * others. Taken into an existing observation: another value of a fact of which there is one at a time, more detail on the
 * same, and news of an order, booking or case that is known by its number. Added: everything else. `existing` is newest
 * first. Reconciling the same candidates again, in the same order, adds nothing.
 */
export function reconcile(candidates: readonly Candidate[], existing: readonly Existing[]): Reconciled {
  const held = new Held(existing);
  for (const candidate of latestOfEach(candidates)) held.take(candidate);
  return held.outcome();
}

/** An observation as it stands: held by the profile, or about to be added to it. */
interface Entry {
  readonly existing: Existing | undefined;
  readonly slot: FactSlot | undefined;
  statement: Statement;
  matters: readonly string[];
  /** What it is made into; undefined while it is as it was. */
  candidate: Candidate | undefined;
}

class Held {
  readonly #entries: Entry[];

  constructor(existing: readonly Existing[]) {
    this.#entries = existing.map((observation) => toEntry(observation.content, observation));
  }

  take(candidate: Candidate): void {
    const news = toEntry(candidate.content, undefined);
    if (news.slot) this.#takeSlot(news.slot, candidate, news);
    else if (!this.#takeLike(news.statement, candidate) && !this.#takeMatter(news, candidate))
      this.#entries.push({ ...news, candidate });
  }

  outcome(): Reconciled {
    const added = this.#entries.flatMap(({ existing, candidate }) =>
      existing || !candidate ? [] : [candidate],
    );
    const revised = this.#entries.flatMap(({ existing, candidate }) =>
      existing && candidate ? [{ existing, candidate }] : [],
    );
    return { added, revised };
  }

  #takeSlot(slot: FactSlot, candidate: Candidate, news: Entry): void {
    const current = this.#entries.find((entry) => entry.slot?.name === slot.name);
    if (!current) this.#entries.push({ ...news, candidate });
    else if (normalise(current.slot?.value ?? '') !== normalise(slot.value)) current.candidate = candidate;
  }

  /** Whether an entry says the same, or has been made to say the more that the candidate does. */
  #takeLike(news: Statement, candidate: Candidate): boolean {
    let wider: Entry | undefined;
    for (const entry of this.#entries) {
      const likeness = compare(news, entry.statement);
      if (likeness === 'same') return true;
      if (likeness === 'more' && !entry.slot) wider ??= entry;
    }
    if (wider) rewrite(wider, candidate);
    return wider !== undefined;
  }

  #takeMatter({ matters }: Entry, candidate: Candidate): boolean {
    const entry = this.#entries.find(
      (other) => !other.slot && other.matters.some((matter) => matters.includes(matter)),
    );
    const content = entry && withHistory(candidate.content, entry.statement.content);
    if (!entry || content === undefined) return false;
    rewrite(entry, { ...candidate, content });
    return true;
  }
}

function toEntry(content: string, existing: Existing | undefined): Entry {
  return {
    existing,
    slot: factSlotOf(content),
    statement: toStatement(content),
    matters: mattersOf(content),
    candidate: undefined,
  };
}

function rewrite(entry: Entry, candidate: Candidate): void {
  entry.statement = toStatement(candidate.content);
  entry.matters = mattersOf(candidate.content);
  entry.candidate = candidate;
}

/** One candidate for each text and each slot: the last word on it, in the order in which facts came up. */
function latestOfEach(candidates: readonly Candidate[]): Candidate[] {
  const byKey = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const slot = factSlotOf(candidate.content);
    byKey.set(slot ? `slot ${slot.name}` : `text ${normalise(candidate.content)}`, candidate);
  }
  return [...byKey.values()];
}
