import { errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import {
  decodeJson,
  encodeJson,
  type ObservationRow,
  type ProfileRow,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import {
  findCanonicalProfile,
  openForRead,
  openForWrite,
  openLiveProfile,
  type ProfileRef,
} from '../access/index.ts';
import { requestVectors } from '../embeddings/index.ts';
import { nextMemoryVersion } from '../search/index.ts';
import {
  deleteObservationRows,
  findObservation,
  insertObservations,
  listObservationsPast,
  observationSource,
  reviseObservationRow,
} from './observation.store.ts';
import { type Evidence, recordProvenance } from './provenance.ts';

/** An observation to be stored. `occurredAt` in milliseconds. */
export interface ObservationDraft {
  readonly content: string;
  readonly source: string;
  readonly occurredAt: number;
  readonly conversationIds: readonly string[];
}

export type ObservationChanges = Partial<ObservationDraft>;

/** An observation, or a change of one, that was read in a conversation. */
export type Extracted<T> = T & { readonly evidence: Evidence };

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids' | 'limits' | 'jobs' | 'embeddings'>;

/** Stores the batch as it is, all or nothing: listed and recalled at once (memory-semantics section 12). */
export async function createObservations(
  context: WriteContext,
  ref: ProfileRef,
  drafts: readonly ObservationDraft[],
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const profile = await openForWrite(tx, context, ref);
    await storeObservations(tx, context, profile, drafts);
    await forgetPastLimit(tx, context, profile.id);
  });
}

/** The observation and the headers of the read; 404 when it is not this profile's. */
export async function getObservation(reader: Reader, ref: ProfileRef, observationId: string) {
  const { profile, headers } = await openForRead(reader, ref);
  const observation = await findObservation(reader, profile.id, observationId);
  if (!observation) throw errors.notFound('Observation', observationId);
  return { observation, headers };
}

/** Changes the given members and keeps the state before as a revision; without members nothing changes. */
export async function patchObservation(
  context: WriteContext,
  ref: ProfileRef,
  observationId: string,
  changes: ObservationChanges,
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const profile = await openForWrite(tx, context, ref);
    const before = await findObservation(tx, profile.id, observationId);
    if (!before) throw errors.notFound('Observation', observationId);
    await revise(tx, context, before, changes);
  });
}

/** Removes the observation with its revisions, for good. */
export async function deleteObservation(
  context: WriteContext,
  ref: ProfileRef,
  observationId: string,
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const profile = await openForWrite(tx, context, ref);
    const observation = await findObservation(tx, profile.id, observationId);
    if (!observation) throw errors.notFound('Observation', observationId);
    await forget(tx, [observation]);
  });
}

/**
 * For extraction: stores observations within the caller's transaction. Follows a merge; answers the new ids, none when the
 * store or the profile is gone.
 */
export async function recordObservations(
  tx: Tx,
  context: WriteContext,
  ref: ProfileRef,
  drafts: readonly Extracted<ObservationDraft>[],
): Promise<string[]> {
  const profile = await openLiveProfile(tx, context, ref);
  if (!profile || drafts.length === 0) return [];
  const rows = await storeObservations(tx, context, profile, drafts);
  const evidence = drafts.map((draft) => draft.evidence);
  await recordProvenance(tx, context, rows, evidence);
  await forgetPastLimit(tx, context, profile.id);
  return rows.map(({ id }) => id);
}

/** For extraction: changes an observation within the caller's transaction; nothing happens when it is gone. */
export async function reviseObservation(
  tx: Tx,
  context: WriteContext,
  ref: ProfileRef,
  observationId: string,
  { evidence, ...changes }: Extracted<ObservationChanges>,
): Promise<void> {
  const profile = await openLiveProfile(tx, context, ref);
  const before = profile && (await findObservation(tx, profile.id, observationId));
  if (!before) return;
  const after = await revise(tx, context, before, changes);
  await recordProvenance(tx, context, [after], [evidence]);
}

/** An observation as extraction compares with it. */
export interface ObservationContent {
  readonly id: string;
  readonly content: string;
  readonly conversationIds: readonly string[];
}

/** What a profile holds already, as far as extraction compares with. */
const comparedMax = 1000;

/** For extraction: the newest observations of the profile, newest first. */
export async function listObservationContents(
  reader: Reader,
  ref: ProfileRef,
): Promise<ObservationContent[]> {
  const profile = await findCanonicalProfile(reader, ref);
  const rows = profile ? await observationSource.newest(reader, profile.id, {}, comparedMax) : [];
  return rows.map((row) => ({
    id: row.id,
    content: row.content,
    conversationIds: decodeJson<string[]>(row.conversation_ids_json),
  }));
}

async function storeObservations(
  tx: Tx,
  context: WriteContext,
  profile: ProfileRow,
  drafts: readonly ObservationDraft[],
): Promise<ObservationRow[]> {
  const now = context.clock.now();
  const version = await nextMemoryVersion(tx, { accountId: profile.account_id, profileId: profile.id });
  const rows = drafts.map(
    (draft): ObservationRow => ({
      account_id: profile.account_id,
      store_id: profile.store_id,
      profile_id: profile.id,
      id: context.ids.next('observation'),
      content: draft.content,
      source: draft.source,
      occurred_at: draft.occurredAt,
      conversation_ids_json: encodeJson(draft.conversationIds),
      created_at: now,
      updated_at: now,
      revision: 1,
      memory_version: version,
    }),
  );
  await insertObservations(tx, rows);
  await requestVectors(tx, context, { accountId: profile.account_id, profileId: profile.id });
  return rows;
}

async function revise(
  tx: Tx,
  context: WriteContext,
  before: ObservationRow,
  changes: ObservationChanges,
): Promise<ObservationRow> {
  const given = Object.values(changes).some((value) => value !== undefined);
  if (!given) return before;
  const owner = { accountId: before.account_id, profileId: before.profile_id };
  const after: ObservationRow = {
    ...before,
    content: changes.content ?? before.content,
    source: changes.source ?? before.source,
    occurred_at: changes.occurredAt ?? before.occurred_at,
    conversation_ids_json: changes.conversationIds
      ? encodeJson(changes.conversationIds)
      : before.conversation_ids_json,
    updated_at: context.clock.now(),
    revision: before.revision + 1,
    memory_version: await nextMemoryVersion(tx, owner),
  };
  await reviseObservationRow(tx, before, after);
  await requestVectors(tx, context, owner);
  return after;
}

async function forget(tx: Tx, observations: readonly ObservationRow[]): Promise<void> {
  const [first] = observations;
  if (!first) return;
  const { account_id: accountId, profile_id: profileId } = first;
  await deleteObservationRows(
    tx,
    profileId,
    observations.map(({ id }) => id),
  );
  await nextMemoryVersion(tx, { accountId, profileId }, { removes: true });
}

const forgottenAtOnceMax = 1000;

/** With a limit on memories, the oldest go. */
async function forgetPastLimit(tx: Tx, { limits }: WriteContext, profileId: string): Promise<void> {
  if (!Number.isFinite(limits.memoriesMax)) return;
  await forget(tx, await listObservationsPast(tx, profileId, limits.memoriesMax, forgottenAtOnceMax));
}
