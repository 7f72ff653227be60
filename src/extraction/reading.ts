import type { GuardCategory } from '../config/index.ts';
import type { Transcript } from '../conversations/index.ts';
import { listExtractedObservations, listObservationContents } from '../memory/index.ts';
import type { Reader } from '../storage/index.ts';
import { type ContactDetails, contactDetailsOf } from './contact.ts';
import type { Extracted, Extractor, Known } from './extractor.ts';
import type { Guard } from './guard/index.ts';
import { customerViews, isNew } from './turns.ts';

/** What made us look at the conversation: summaries are written when it ends only (memory-semantics section 18). */
export type Trigger = 'INACTIVE' | 'CLOSED';

/** What a conversation says about one customer. */
export interface CustomerMemories extends Extracted {
  readonly profileId: string;
  /** How to reach the customer, by their own words. */
  readonly contact: ContactDetails;
}

/** What a conversation says about its customers. */
export interface Reading {
  readonly memories: readonly CustomerMemories[];
  /** An entry for each thing that was not to be remembered, in what is new and in what the extractor said. */
  readonly leftOut: readonly GuardCategory[];
  /** All of the conversation was read, whatever was taken in before. */
  readonly isAnew: boolean;
}

export interface ReadingOptions {
  readonly trigger: Trigger;
  readonly extractor: Extractor;
  /** What of it may be remembered. */
  readonly guard: Guard;
  /** All of the conversation counts as new. */
  readonly isAnew?: boolean;
  /** The caller can ask again later; then the extractor's outages are thrown. */
  readonly mayRetry: boolean;
  readonly signal: AbortSignal;
}

/** Unicode code points (memory-semantics sections 12 and 13). */
const contentMax = 4096;

/** Characters of one message that are read: what is longer is a document, and reading it would hold up the server. */
const textMax = 50_000;

/**
 * Reads what is new in the conversation for each of its customers. Writes nothing, and may ask a model. Empty when nobody is
 * to be remembered, or nothing is to be said.
 */
export async function extractMemories(
  reader: Reader,
  whole: Transcript,
  { trigger, extractor, guard, isAnew = false, mayRetry, signal }: ReadingOptions,
): Promise<Reading> {
  const transcript = isAnew ? asNew(whole) : whole;
  const { communications } = transcript;
  const hasNews = communications.some((communication) => isNew(transcript, communication));
  const leftOut: GuardCategory[] = [];
  const memories: CustomerMemories[] = [];
  if (communications.length === 0 || (trigger === 'INACTIVE' && !hasNews))
    return { memories, leftOut, isAnew };
  const masked = withoutSecrets(transcript, guard, leftOut);
  for (const { profileId, name, turns } of customerViews(masked)) {
    const extracted = await extractor.extract({
      customerName: name,
      turns,
      wantsSummary: trigger === 'CLOSED',
      known: await knownOf(reader, transcript, profileId, isAnew),
      mayRetry,
      signal,
    });
    const accepted = acceptable(extracted, guard, leftOut);
    memories.push({ profileId, contact: contactDetailsOf(accepted.observations, turns), ...accepted });
  }
  return { memories, leftOut, isAnew };
}

function asNew(transcript: Transcript): Transcript {
  return { ...transcript, conversation: { ...transcript.conversation, extractedThrough: undefined } };
}

/** What the profile holds: what this conversation led to first, then the newest. */
async function knownOf(
  reader: Reader,
  { conversation }: Transcript,
  profileId: string,
  isAnew: boolean,
): Promise<Known[]> {
  const { accountId, memoryStoreId: storeId, id } = conversation;
  const ref = { accountId, storeId, profileId };
  const earlier = (await listExtractedObservations(reader, ref, id)).map((observation) => ({
    ...observation,
    isReplaced: isAnew,
  }));
  const others = await listObservationContents(reader, ref);
  return [
    ...earlier,
    ...others.filter((other) => !earlier.some((observation) => observation.id === other.id)),
  ];
}

/** The conversation as extractors may see it. */
function withoutSecrets(transcript: Transcript, guard: Guard, leftOut: GuardCategory[]): Transcript {
  const communications = transcript.communications.map((communication) => {
    const masked = guard.mask(communication.text.slice(0, textMax));
    if (isNew(transcript, communication)) leftOut.push(...masked.leftOut);
    return { ...communication, text: masked.text };
  });
  return { ...transcript, communications };
}

/** Whatever an extractor says, only this much is stored. */
function acceptable(
  { observations, summary, by }: Extracted,
  guard: Guard,
  leftOut: GuardCategory[],
): Extracted {
  const clean = (text: string) => {
    const cleaned = guard.clean(withinLimit(text));
    leftOut.push(...cleaned.leftOut);
    return cleaned.text;
  };
  return {
    observations: observations
      .map((candidate) => ({ ...candidate, content: clean(candidate.content) }))
      .filter(({ content }) => content !== ''),
    summary: summary === undefined ? undefined : clean(summary) || undefined,
    by,
  };
}

function withinLimit(text: string): string {
  // PostgreSQL takes neither zero bytes nor half characters.
  const trimmed = text.replaceAll('\u0000', '').toWellFormed().trim();
  return trimmed.length <= contentMax ? trimmed : [...trimmed].slice(0, contentMax).join('');
}
