import {
  fetchPage,
  type Page,
  type PageRequest,
  type ProfileIdentifierRow,
  type ProfileMergeRow,
  type ProfileTraitRow,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import type { IdentifierValue } from '../identity/index.ts';

/** Why two profiles were taken for one: a rule of the store and the values it looked at; none when a request named one. */
export interface MergeReason {
  readonly rule: string;
  readonly values: readonly IdentifierValue[];
}

/** What a merge moved, and what had to make room for it. */
export interface MergeRecord {
  /** Of the merged profile. */
  readonly traits: readonly ProfileTraitRow[];
  readonly identifiers: readonly ProfileIdentifierRow[];
  readonly observationIds: readonly string[];
  readonly summaryIds: readonly string[];
  readonly eventIds: readonly string[];
  /** Profiles that had been merged into it before. */
  readonly absorbedIds: readonly string[];
  /** Of the survivor: values that newer ones took the place of, and identifiers as they were. */
  readonly displacedTraits: readonly ProfileTraitRow[];
  readonly survivorIdentifiers: readonly ProfileIdentifierRow[];
}

export async function insertMerge(tx: Tx, row: ProfileMergeRow): Promise<void> {
  await tx.insertInto('profile_merges').values(row).execute();
}

export async function findMerge(
  reader: Reader,
  holderId: string,
  id: string,
): Promise<ProfileMergeRow | undefined> {
  return reader
    .selectFrom('profile_merges')
    .selectAll()
    .where('holder_id', '=', holderId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Merges whose outcome the profile holds, newest first by default. */
export async function listMerges(
  reader: Reader,
  holderId: string,
  page: PageRequest,
): Promise<Page<ProfileMergeRow>> {
  return fetchPage(
    reader.selectFrom('profile_merges').selectAll().where('holder_id', '=', holderId),
    ['id'],
    page,
  );
}

/** The merges that a profile held go with it when it is merged itself. */
export async function moveMerges(tx: Tx, fromHolderId: string, toHolderId: string): Promise<void> {
  await tx
    .updateTable('profile_merges')
    .set({ holder_id: toHolderId })
    .where('holder_id', '=', fromHolderId)
    .execute();
}

/** And come back to it: those of the profile itself and of profiles that it had absorbed. */
export async function returnMerges(
  tx: Tx,
  fromHolderId: string,
  profileId: string,
  absorbedIds: readonly string[],
): Promise<void> {
  await tx
    .updateTable('profile_merges')
    .set({ holder_id: profileId })
    .where('holder_id', '=', fromHolderId)
    .where('survivor_id', 'in', [profileId, ...absorbedIds])
    .execute();
}

export async function markUndone(tx: Tx, id: string, undoneAt: number): Promise<void> {
  await tx.updateTable('profile_merges').set({ undone_at: undoneAt }).where('id', '=', id).execute();
}

export async function deleteMergesOf(tx: Tx, profileId: string): Promise<void> {
  await tx.deleteFrom('profile_merges').where('holder_id', '=', profileId).execute();
}

/** Ids of everything of a profile that a merge moves. */
export async function listMovableIds(
  reader: Reader,
  storeId: string,
  profileId: string,
): Promise<Pick<MergeRecord, 'observationIds' | 'summaryIds' | 'eventIds' | 'absorbedIds'>> {
  const observations = await reader
    .selectFrom('observations')
    .select('id')
    .where('profile_id', '=', profileId)
    .execute();
  const summaries = await reader
    .selectFrom('conversation_summaries')
    .select('id')
    .where('profile_id', '=', profileId)
    .execute();
  const events = await reader
    .selectFrom('profile_events')
    .select('id')
    .where('profile_id', '=', profileId)
    .execute();
  const absorbed = await reader
    .selectFrom('profiles')
    .select('id')
    .where('store_id', '=', storeId)
    .where('merged_into', '=', profileId)
    .execute();
  const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);
  return {
    observationIds: ids(observations),
    summaryIds: ids(summaries),
    eventIds: ids(events),
    absorbedIds: ids(absorbed),
  };
}

/** Makes a merged profile one of its own again, with those that it had absorbed. */
export async function restoreProfileRows(
  tx: Tx,
  {
    storeId,
    profileId,
    holderId,
    absorbedIds,
  }: { storeId: string; profileId: string; holderId: string; absorbedIds: readonly string[] },
): Promise<void> {
  await tx
    .updateTable('profiles')
    .set({ merged_into: null })
    .where('store_id', '=', storeId)
    .where('id', '=', profileId)
    .execute();
  if (absorbedIds.length === 0) return;
  await tx
    .updateTable('profiles')
    .set({ merged_into: profileId })
    .where('store_id', '=', storeId)
    .where('id', 'in', absorbedIds)
    .where('merged_into', '=', holderId)
    .execute();
}
