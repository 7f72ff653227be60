import { errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import {
  decodeJson,
  type ProfileMergeRow,
  type ProfileRow,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import { openForRead, openForWrite, type ProfileRef, profileLock } from '../access/index.ts';
import { moveSomeVectors, requestVectors } from '../embeddings/index.ts';
import { moveEvents } from '../events/index.ts';
import { deleteIdentifier, insertIdentifiers } from '../identity/index.ts';
import { moveSomeObservations } from '../observations/index.ts';
import { noteMemoriesMoved } from '../search/index.ts';
import { moveSomeSummaries } from '../summaries/index.ts';
import { deleteTrait, listTraitRows, upsertTrait } from '../traits/index.ts';
import { findMerge, type MergeRecord, markUndone, restoreProfileRows, returnMerges } from './merge.store.ts';

/** The profile whose merges are listed; follows a merge. */
export async function openMergeHolder(reader: Reader, ref: ProfileRef): Promise<ProfileRow> {
  return (await openForRead(reader, ref)).profile;
}

/**
 * Undoes a merge: traits, identifiers and memories go back to the profile they came from, which is one of its own again, and
 * what they had displaced comes back. What arrived since stays with the survivor.
 */
export async function undoMerge(
  context: Pick<Context, 'db' | 'clock' | 'jobs' | 'embeddings'>,
  ref: ProfileRef,
  mergeId: string,
): Promise<ProfileMergeRow> {
  const { db, clock } = context;
  return db.transaction(async (tx) => {
    const holder = await openForWrite(tx, context, ref);
    const merge = await findMerge(tx, holder.id, mergeId);
    if (!merge) throw errors.notFound('Merge', mergeId);
    if (merge.undone_at !== null) throw errors.conflict(`Merge ${mergeId} was undone before.`);
    await db.lock(tx, profileLock(merge.merged_id));
    const record = decodeJson<MergeRecord>(merge.moved_json);
    const { absorbedIds } = record;
    const back = { storeId: merge.store_id, profileId: merge.merged_id, holderId: holder.id, absorbedIds };
    await restoreProfileRows(tx, back);
    await returnMerges(tx, holder.id, merge.merged_id, absorbedIds);
    await returnTraits(tx, holder.id, merge.merged_id, record);
    await returnIdentifiers(tx, holder.id, merge.merged_id, record);
    await moveSomeObservations(tx, holder.id, merge.merged_id, record.observationIds);
    await moveSomeSummaries(tx, holder.id, merge.merged_id, record.summaryIds);
    const memoryIds = [...record.observationIds, ...record.summaryIds];
    await moveSomeVectors(tx, holder.id, merge.merged_id, memoryIds);
    await moveEvents(tx, holder.id, merge.merged_id, record.eventIds);
    await noteMemoriesMoved(tx, merge.account_id, [holder.id, merge.merged_id]);
    await requestVectors(tx, context, { accountId: merge.account_id, profileId: merge.merged_id });
    await markUndone(tx, merge.id, clock.now());
    return { ...merge, undone_at: clock.now() };
  });
}

/** A value that was written again since is the survivor's; one that still is as it came goes back. */
async function returnTraits(tx: Tx, holderId: string, profileId: string, record: MergeRecord): Promise<void> {
  const current = await listTraitRows(tx, holderId);
  const sameTrait =
    (a: { trait_group: string; name: string }) => (b: { trait_group: string; name: string }) =>
      a.trait_group === b.trait_group && a.name === b.name;
  for (const trait of record.traits) {
    await upsertTrait(tx, { ...trait, profile_id: profileId });
    const held = current.find(sameTrait(trait));
    if (held?.updated_at !== trait.updated_at || held.value_json !== trait.value_json) continue;
    const displaced = record.displacedTraits.find(sameTrait(trait));
    if (displaced) await upsertTrait(tx, { ...displaced, profile_id: holderId });
    else await deleteTrait(tx, holderId, trait.trait_group, trait.name);
  }
}

/** Values that both had stay with both; those that went over a limit by the merge come back. */
async function returnIdentifiers(
  tx: Tx,
  holderId: string,
  profileId: string,
  record: MergeRecord,
): Promise<void> {
  const own = new Set(
    record.survivorIdentifiers.map(({ id_type, value }) => JSON.stringify([id_type, value])),
  );
  for (const { id_type, value } of record.identifiers) {
    if (!own.has(JSON.stringify([id_type, value])))
      await deleteIdentifier(tx, holderId, { idType: id_type, value });
  }
  await insertIdentifiers(
    tx,
    record.identifiers.map((row) => ({ ...row, profile_id: profileId })),
  );
  await insertIdentifiers(
    tx,
    record.survivorIdentifiers.map((row) => ({ ...row, profile_id: holderId })),
  );
}
