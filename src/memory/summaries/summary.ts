import { errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { ConversationSummaryRow, ProfileRow, Reader, Tx } from '../../storage/index.ts';
import { openForRead, openForWrite, openLiveProfile, type ProfileRef } from '../access/index.ts';
import { requestVectors } from '../embeddings/index.ts';
import { nextMemoryVersion } from '../search/index.ts';
import {
  deleteSummaryRows,
  findSummary,
  findSummaryOf,
  insertSummaries,
  listSummariesPast,
  updateSummary,
} from './summary.store.ts';

/** A summary to be stored. `occurredAt` in milliseconds. */
export interface SummaryDraft {
  readonly content: string;
  readonly conversationId: string;
  readonly occurredAt: number;
  readonly source?: string | undefined;
}

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids' | 'limits' | 'jobs' | 'embeddings'>;

/** Stores the batch, all or nothing. Several summaries of one conversation may exist (memory-semantics section 13). */
export async function createSummaries(
  context: WriteContext,
  ref: ProfileRef,
  drafts: readonly SummaryDraft[],
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const profile = await openForWrite(tx, context, ref);
    await storeSummaries(tx, context, profile, drafts);
  });
}

/** The summary and the headers of the read; 404 when it is not this profile's. */
export async function getSummary(reader: Reader, ref: ProfileRef, summaryId: string) {
  const { profile, headers } = await openForRead(reader, ref);
  const summary = await findSummary(reader, profile.id, summaryId);
  if (!summary) throw errors.notFound('Conversation summary', summaryId);
  return { summary, headers };
}

/** Changes the given members; without members nothing changes. */
export async function patchSummary(
  context: WriteContext,
  ref: ProfileRef,
  summaryId: string,
  changes: Partial<SummaryDraft>,
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const profile = await openForWrite(tx, context, ref);
    const before = await findSummary(tx, profile.id, summaryId);
    if (!before) throw errors.notFound('Conversation summary', summaryId);
    if (Object.values(changes).some((value) => value !== undefined))
      await replace(tx, context, before, changes);
  });
}

/** Removes the summary for good. */
export async function deleteSummary(
  context: WriteContext,
  ref: ProfileRef,
  summaryId: string,
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const profile = await openForWrite(tx, context, ref);
    const summary = await findSummary(tx, profile.id, summaryId);
    if (!summary) throw errors.notFound('Conversation summary', summaryId);
    await forget(tx, [summary]);
  });
}

/**
 * For extraction: stores a summary within the caller's transaction, in place of the one that the same source wrote of the
 * conversation before. Follows a merge; undefined when the store or the profile is gone.
 */
export async function recordSummary(
  tx: Tx,
  context: WriteContext,
  ref: ProfileRef,
  draft: SummaryDraft & { readonly source: string },
): Promise<string | undefined> {
  const profile = await openLiveProfile(tx, context, ref);
  if (!profile) return undefined;
  const before = await findSummaryOf(tx, profile.id, draft.conversationId, draft.source);
  if (before) {
    if (before.content !== draft.content) await replace(tx, context, before, draft);
    return before.id;
  }
  const [id] = await storeSummaries(tx, context, profile, [draft]);
  return id;
}

async function storeSummaries(
  tx: Tx,
  context: WriteContext,
  profile: ProfileRow,
  drafts: readonly SummaryDraft[],
): Promise<string[]> {
  const now = context.clock.now();
  const version = await nextMemoryVersion(tx, { accountId: profile.account_id, profileId: profile.id });
  const rows = drafts.map(
    (draft): ConversationSummaryRow => ({
      account_id: profile.account_id,
      store_id: profile.store_id,
      profile_id: profile.id,
      id: context.ids.next('summary'),
      conversation_id: draft.conversationId,
      content: draft.content,
      source: draft.source ?? null,
      occurred_at: draft.occurredAt,
      created_at: now,
      updated_at: now,
      memory_version: version,
    }),
  );
  await insertSummaries(tx, rows);
  await requestVectors(tx, context, { accountId: profile.account_id, profileId: profile.id });
  await forgetPastLimit(tx, context, profile.id);
  return rows.map((row) => row.id);
}

async function replace(
  tx: Tx,
  context: WriteContext,
  before: ConversationSummaryRow,
  changes: Partial<SummaryDraft>,
): Promise<void> {
  const owner = { accountId: before.account_id, profileId: before.profile_id };
  const after: ConversationSummaryRow = {
    ...before,
    content: changes.content ?? before.content,
    conversation_id: changes.conversationId ?? before.conversation_id,
    source: changes.source ?? before.source,
    occurred_at: changes.occurredAt ?? before.occurred_at,
    updated_at: context.clock.now(),
    memory_version: await nextMemoryVersion(tx, owner),
  };
  await updateSummary(tx, after);
  await requestVectors(tx, context, owner);
}

async function forget(tx: Tx, summaries: readonly ConversationSummaryRow[]): Promise<void> {
  const [first] = summaries;
  if (!first) return;
  const { account_id: accountId, profile_id: profileId } = first;
  await deleteSummaryRows(
    tx,
    profileId,
    summaries.map(({ id }) => id),
  );
  await nextMemoryVersion(tx, { accountId, profileId }, { removes: true });
}

const forgottenAtOnceMax = 1000;

/** With a limit on memories, the oldest go. */
async function forgetPastLimit(tx: Tx, { limits }: WriteContext, profileId: string): Promise<void> {
  if (!Number.isFinite(limits.memoriesMax)) return;
  await forget(tx, await listSummariesPast(tx, profileId, limits.memoriesMax, forgottenAtOnceMax));
}
