import type { ContactTraits } from '../config/index.ts';
import { markExtracted, type Transcript } from '../conversations/index.ts';
import { errors } from '../errors/index.ts';
import {
  type Evidence,
  type ExtractedObservation,
  fillContact,
  listExtractedObservations,
  listObservationContents,
  type ProfileRef,
  recordObservations,
  recordSummary,
  reviseObservation,
} from '../memory/index.ts';
import type { Context } from '../runtime/context.ts';
import type { Tx } from '../storage/index.ts';
import type { Candidate } from './extractor.ts';
import type { Reading } from './reading.ts';
import { recognise } from './recognise.ts';
import { type Existing, reconcile } from './reconcile.ts';

/** The `source` of everything that extraction writes. */
const source = 'conversation-extraction';
/** Conversations that an observation names; the oldest go (memory-semantics section 12). */
const conversationIdsMax = 10;

/** How many observations a reading has led to. */
export interface Written {
  readonly added: number;
  readonly revised: number;
}

/** What writing memories needs. */
export type WriteContext = Pick<Context, 'db' | 'clock' | 'ids' | 'limits' | 'jobs' | 'embeddings'>;

/**
 * Writes the memories and notes how far the conversation has been taken in, in the caller's transaction. Throws a retryable
 * error when another run was first.
 */
export async function writeMemories(
  tx: Tx,
  context: WriteContext,
  transcript: Transcript,
  { memories, isAnew }: Reading,
  contactTraits: ContactTraits = 'off',
): Promise<Written> {
  const { conversation, communications } = transcript;
  const through = communications.reduce(
    (last, { id }) => (id > last ? id : last),
    conversation.extractedThrough ?? '',
  );
  const written = { added: 0, revised: 0 };
  if (through === '') return written;
  const { accountId, id: conversationId, extractedThrough: from } = conversation;
  const isOurs = await markExtracted(tx, { accountId, conversationId, from, through });
  if (!isOurs) throw errors.unavailable('The conversation was extracted by another run.');
  // Two conversations of one customer may end together; they reconcile with what is there one after the other.
  await context.db.lock(tx, ...memories.map(({ profileId }) => `extraction:${profileId}`));
  const { memoryStoreId: storeId } = conversation;
  if (contactTraits !== 'off') {
    const mayMerge = contactTraits === 'resolve';
    for (const { profileId, contact: details } of memories)
      await fillContact(tx, context, { ref: { accountId, storeId, profileId }, details }, { mayMerge });
  }
  for (const { profileId, observations, summary, by } of memories) {
    const ref = { accountId, storeId, profileId };
    const evidenceOf = ({ evidence }: Candidate) => ({
      conversationId,
      communicationIds: evidence.flatMap((index) => communications[index]?.id ?? []),
      extractor: by,
    });
    const { added, revised } = await writeObservations(tx, context, observations, {
      ref,
      earlier: isAnew ? await listExtractedObservations(tx, ref, conversationId) : [],
      evidenceOf,
    });
    written.added += added;
    written.revised += revised;
    if (summary !== undefined) {
      const occurredAt = Math.max(...communications.map((communication) => communication.occurredAt));
      await recordSummary(tx, context, ref, { content: summary, source, occurredAt, conversationId });
    }
  }
  return written;
}

interface Destination {
  readonly ref: ProfileRef;
  /** What earlier readings of the same messages led to. */
  readonly earlier: readonly ExtractedObservation[];
  evidenceOf(candidate: Candidate): Evidence;
}

async function writeObservations(
  tx: Tx,
  context: WriteContext,
  candidates: readonly Candidate[],
  { ref, earlier, evidenceOf }: Destination,
): Promise<Written> {
  if (candidates.length === 0) return { added: 0, revised: 0 };
  const existing = await listObservationContents(tx, ref);
  const communicationIdsOf = (candidate: Candidate) => evidenceOf(candidate).communicationIds;
  const recognised = recognise(candidates, { existing, earlier, communicationIdsOf });
  const reconciled = reconcile(recognised.others, recognised.untouched);
  const revised = [...recognised.revised, ...reconciled.revised];
  for (const { existing, candidate } of revised)
    await revise(tx, context, ref, { existing, candidate, evidence: evidenceOf(candidate) });
  const drafts = reconciled.added.map((candidate) => {
    const { content, occurredAt } = candidate;
    const evidence = evidenceOf(candidate);
    return { content, occurredAt, source, conversationIds: [evidence.conversationId], evidence };
  });
  await recordObservations(tx, context, ref, drafts);
  return { added: drafts.length, revised: revised.length };
}

async function revise(
  tx: Tx,
  context: WriteContext,
  ref: ProfileRef,
  { existing, candidate, evidence }: { existing: Existing; candidate: Candidate; evidence: Evidence },
): Promise<void> {
  const others = existing.conversationIds.filter((id) => id !== evidence.conversationId);
  const conversationIds = [...others, evidence.conversationId].slice(-conversationIdsMax);
  const { content, occurredAt } = candidate;
  await reviseObservation(tx, context, ref, existing.id, { content, occurredAt, conversationIds, evidence });
}
