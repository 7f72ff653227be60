import type { GuardCategory } from '../config/index.ts';
import { markExtracted, type Transcript } from '../conversations/index.ts';
import { errors } from '../errors/index.ts';
import {
  type Evidence,
  listObservationContents,
  type ProfileRef,
  recordObservations,
  recordSummary,
  reviseObservation,
} from '../memory/index.ts';
import type { Context } from '../runtime/context.ts';
import type { Tx } from '../storage/index.ts';
import type { Candidate, Extracted, Extractor } from './extractor.ts';
import type { Guard } from './guard/index.ts';
import { reconcile } from './reconcile.ts';
import { customerViews, isNew } from './turns.ts';

/** What made us look at the conversation: summaries are written when it ends only (memory-semantics section 18). */
export type Trigger = 'INACTIVE' | 'CLOSED';

/** What a conversation says about one customer. */
export interface CustomerMemories extends Extracted {
  readonly profileId: string;
}

/** What a conversation says about its customers. */
export interface Reading {
  readonly memories: readonly CustomerMemories[];
  /** An entry for each thing that was not to be remembered, in what is new and in what the extractor said. */
  readonly leftOut: readonly GuardCategory[];
}

/** Who reads conversations, and what of them may be remembered. */
export interface Reader {
  readonly extractor: Extractor;
  readonly guard: Guard;
}

/** The `source` of everything that extraction writes. */
const source = 'conversation-extraction';
/** Unicode code points (memory-semantics sections 12 and 13). */
const contentMax = 4096;
/** Conversations that an observation names; the oldest go (memory-semantics section 12). */
const conversationIdsMax = 10;

/**
 * Reads what is new in the conversation for each of its customers. Writes nothing, and may ask a model. Empty when nobody is
 * to be remembered, or nothing is to be said.
 */
export async function extractMemories(
  transcript: Transcript,
  trigger: Trigger,
  { extractor, guard }: Reader,
  signal: AbortSignal,
): Promise<Reading> {
  const { communications } = transcript;
  const hasNews = communications.some((communication) => isNew(transcript, communication));
  const leftOut: GuardCategory[] = [];
  const memories: CustomerMemories[] = [];
  if (communications.length === 0 || (trigger === 'INACTIVE' && !hasNews)) return { memories, leftOut };
  const masked = withoutSecrets(transcript, guard, leftOut);
  for (const { profileId, name, turns } of customerViews(masked)) {
    const request = { customerName: name, turns, wantsSummary: trigger === 'CLOSED', signal };
    memories.push({ profileId, ...acceptable(await extractor.extract(request), guard, leftOut) });
  }
  return { memories, leftOut };
}

/** The conversation as extractors may see it. */
function withoutSecrets(transcript: Transcript, guard: Guard, leftOut: GuardCategory[]): Transcript {
  const communications = transcript.communications.map((communication) => {
    const masked = guard.mask(communication.text);
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

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids' | 'limits' | 'jobs' | 'embeddings'>;

/**
 * Writes the memories and notes how far the conversation has been taken in, in the caller's transaction. Throws a retryable
 * error when another run was first.
 */
export async function writeMemories(
  tx: Tx,
  context: WriteContext,
  transcript: Transcript,
  memories: readonly CustomerMemories[],
): Promise<void> {
  const { conversation, communications } = transcript;
  const through = communications.reduce(
    (last, { id }) => (id > last ? id : last),
    conversation.extractedThrough ?? '',
  );
  if (through === '') return;
  const { accountId, id: conversationId, extractedThrough: from } = conversation;
  const isOurs = await markExtracted(tx, { accountId, conversationId, from, through });
  if (!isOurs) throw errors.unavailable('The conversation was extracted by another run.');
  // Two conversations of one customer may end together; they reconcile with what is there one after the other.
  await context.db.lock(tx, ...memories.map(({ profileId }) => `extraction:${profileId}`));
  for (const { profileId, observations, summary, by } of memories) {
    const ref = { accountId, storeId: conversation.memoryStoreId, profileId };
    const evidenceOf = ({ evidence }: Candidate) => ({
      conversationId,
      communicationIds: evidence.flatMap((index) => communications[index]?.id ?? []),
      extractor: by,
    });
    await writeObservations(tx, context, ref, observations, evidenceOf);
    if (summary !== undefined) {
      const occurredAt = Math.max(...communications.map((communication) => communication.occurredAt));
      await recordSummary(tx, context, ref, { content: summary, source, occurredAt, conversationId });
    }
  }
}

async function writeObservations(
  tx: Tx,
  context: WriteContext,
  ref: ProfileRef,
  candidates: readonly Candidate[],
  evidenceOf: (candidate: Candidate) => Evidence,
): Promise<void> {
  if (candidates.length === 0) return;
  const { added, revised } = reconcile(candidates, await listObservationContents(tx, ref));
  for (const { existing, candidate } of revised) {
    const evidence = evidenceOf(candidate);
    const others = existing.conversationIds.filter((id) => id !== evidence.conversationId);
    const conversationIds = [...others, evidence.conversationId].slice(-conversationIdsMax);
    const { content, occurredAt } = candidate;
    await reviseObservation(tx, context, ref, existing.id, {
      content,
      occurredAt,
      conversationIds,
      evidence,
    });
  }
  const drafts = added.map((candidate) => {
    const evidence = evidenceOf(candidate);
    const { content, occurredAt } = candidate;
    return { content, occurredAt, source, conversationIds: [evidence.conversationId], evidence };
  });
  await recordObservations(tx, context, ref, drafts);
}
