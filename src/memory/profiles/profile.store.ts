import {
  bulkInsert,
  fetchPage,
  type Page,
  type PageRequest,
  type ProfileRow,
  type Reader,
  type Tx,
} from '../../storage/index.ts';

export async function insertProfile(tx: Tx, profile: ProfileRow): Promise<void> {
  await tx.insertInto('profiles').values(profile).execute();
}

export const insertProfiles = bulkInsert('profiles');

/** Ids of the store's profiles, without merged ones. */
export async function listProfileIds(
  reader: Reader,
  storeId: string,
  page: PageRequest,
): Promise<Page<{ id: string }>> {
  const query = reader
    .selectFrom('profiles')
    .select('id')
    .where('store_id', '=', storeId)
    .where('merged_into', 'is', null);
  return fetchPage(query, ['id'], page);
}

/** Points the profile, and all that were merged into it before, straight at the survivor. */
export async function markMerged(
  tx: Tx,
  storeId: string,
  profileId: string,
  survivorId: string,
): Promise<void> {
  await tx
    .updateTable('profiles')
    .set({ merged_into: survivorId })
    .where('store_id', '=', storeId)
    .where((eb) => eb.or([eb('id', '=', profileId), eb('merged_into', '=', profileId)]))
    .execute();
}

/** Ids of the profiles that were merged into this one. */
export async function listMergedInto(
  reader: Reader,
  { accountId, storeId, profileId }: { accountId: string; storeId: string; profileId: string },
): Promise<string[]> {
  const rows = await reader
    .selectFrom('profiles')
    .select('id')
    .where('account_id', '=', accountId)
    .where('store_id', '=', storeId)
    .where('merged_into', '=', profileId)
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Deletes the profile's row and those of the profiles merged into it. */
export async function deleteProfileRows(tx: Tx, storeId: string, profileId: string): Promise<void> {
  await tx
    .deleteFrom('profiles')
    .where('store_id', '=', storeId)
    .where((eb) => eb.or([eb('id', '=', profileId), eb('merged_into', '=', profileId)]))
    .execute();
}
