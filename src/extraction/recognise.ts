import type { ExtractedObservation } from '../memory/index.ts';
import type { Candidate } from './extractor.ts';
import type { Existing } from './reconcile.ts';

export interface Recognised {
  readonly revised: readonly { readonly existing: Existing; readonly candidate: Candidate }[];
  /** Candidates that are still to be compared with what the profile holds. */
  readonly others: readonly Candidate[];
  /** What the profile holds and goes on to hold as it is, as far as these candidates go: what the others are compared with. */
  readonly untouched: readonly Existing[];
}

export interface Recognisable {
  /** What the profile holds. */
  readonly existing: readonly Existing[];
  /** What earlier readings of the same conversation led to. */
  readonly earlier: readonly ExtractedObservation[];
  /** The communications that a candidate draws on. */
  communicationIdsOf(candidate: Candidate): readonly string[];
}

/**
 * Which candidates are another wording of an observation that is there: because the extractor says which one they update, or
 * because an earlier reading of this conversation drew one from the same communication. The most alike find each other first,
 * each once, so a conversation that is read anew never doubles. What a client has changed since stays as it is.
 */
export function recognise(
  candidates: readonly Candidate[],
  { existing, earlier, communicationIdsOf }: Recognisable,
): Recognised {
  const free = new Map(existing.map((observation) => [observation.id, observation]));
  const open = new Set(candidates);
  const revised: { existing: Existing; candidate: Candidate }[] = [];
  const pair = (candidate: Candidate, id: string, isKept: boolean) => {
    const observation = free.get(id);
    if (!observation || !open.has(candidate)) return;
    open.delete(candidate);
    free.delete(id);
    if (!isKept && observation.content !== candidate.content)
      revised.push({ existing: observation, candidate });
  };
  const repeated = new Set<string>();
  for (const candidate of candidates) {
    const same = existing.find(({ id, content }) => free.has(id) && content === candidate.content);
    if (!same) continue;
    repeated.add(same.id);
    pair(candidate, same.id, true);
  }
  for (const candidate of candidates) {
    const { updates } = candidate;
    // It was put into words for what the observation said then.
    if (updates && free.get(updates.id)?.content === updates.content) pair(candidate, updates.id, false);
  }
  for (const { candidate, observation } of likelyPairs([...open], earlier, communicationIdsOf))
    pair(candidate, observation.id, observation.isEdited);
  const untouched = existing.filter(({ id }) => free.has(id) || repeated.has(id));
  return { revised, others: [...open], untouched };
}

function likelyPairs(
  candidates: readonly Candidate[],
  earlier: readonly ExtractedObservation[],
  communicationIdsOf: Recognisable['communicationIdsOf'],
): { candidate: Candidate; observation: ExtractedObservation }[] {
  const pairs = candidates.flatMap((candidate) => {
    const ids = new Set(communicationIdsOf(candidate));
    return earlier
      .filter(({ communicationIds }) => communicationIds.some((id) => ids.has(id)))
      .map((observation) => ({ candidate, observation, likeness: likeness(candidate, observation) }))
      .filter((pair) => pair.likeness >= likenessMin);
  });
  return pairs.sort((a, b) => b.likeness - a.likeness);
}

/** Below it two texts are about different things that came up in one message. */
const likenessMin = 0.5;
/** Words that are in most observations. */
const commonWords =
  /^(?:customer|customers?|the|an?|is|are|was|has|have|had|their|they|them|to|of|in|on|at|for|and|or|with|that|it|be|s)$/;

/** The share of the shorter text's words that the other has too. */
function likeness(one: { readonly content: string }, other: { readonly content: string }): number {
  const [a, b] = [wordsOf(one.content), wordsOf(other.content)];
  const common = [...a].filter((word) => b.has(word)).length;
  return common / Math.max(1, Math.min(a.size, b.size));
}

function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !commonWords.test(word)));
}
