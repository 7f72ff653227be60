import type { Candidate } from './extractor.ts';
import { factSlotOf } from './fact-slot.ts';

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
 * What becomes of each candidate (memory-semantics section 18): discarded when the profile says the same already, taken into
 * the existing observation when that one states the same fact with another value, added otherwise. `existing` is newest first.
 */
export function reconcile(candidates: readonly Candidate[], existing: readonly Existing[]): Reconciled {
  const known = new Set(existing.map(({ content }) => normalise(content)));
  const bySlot = newestBySlot(existing);
  const added: Candidate[] = [];
  const revised: { existing: Existing; candidate: Candidate }[] = [];
  for (const candidate of latestOfEach(candidates)) {
    const slot = factSlotOf(candidate.content);
    const current = slot && bySlot.get(slot.name);
    if (current && slot) {
      if (normalise(current.value) !== normalise(slot.value))
        revised.push({ existing: current.existing, candidate });
    } else if (!known.has(normalise(candidate.content))) added.push(candidate);
  }
  return { added, revised };
}

function newestBySlot(existing: readonly Existing[]): Map<string, { existing: Existing; value: string }> {
  const bySlot = new Map<string, { existing: Existing; value: string }>();
  for (const observation of existing) {
    const slot = factSlotOf(observation.content);
    if (slot && !bySlot.has(slot.name)) bySlot.set(slot.name, { existing: observation, value: slot.value });
  }
  return bySlot;
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

/** The same for texts that differ in case, spacing and punctuation only. */
function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}@+]+/gu, ' ')
    .trim();
}
