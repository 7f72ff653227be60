import {
  bulkInsert,
  fetchPage,
  type Page,
  type PageRequest,
  type ProfileTraitRow,
  prepared,
  type Reader,
  type Tx,
} from '../../storage/index.ts';

/** Traits of a profile, of all groups or the named ones. */
export async function listTraitRows(
  reader: Reader,
  profileId: string,
  groups?: readonly string[],
): Promise<ProfileTraitRow[]> {
  if (groups === undefined) return selectTraits(reader, { profileId });
  return groups.length === 0 ? [] : selectTraitsOfGroups(reader, { profileId, groups });
}

const selectTraits = prepared((reader, { profileId }: { profileId: string }) => traitsOf(reader, profileId));

const selectTraitsOfGroups = prepared(
  (reader, { profileId, groups }: { profileId: string; groups: readonly string[] }) =>
    traitsOf(reader, profileId).where('trait_group', 'in', groups),
);

function traitsOf(reader: Reader, profileId: string) {
  return reader
    .selectFrom('profile_traits')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('trait_group')
    .orderBy('name');
}

export async function upsertTrait(tx: Tx, row: ProfileTraitRow): Promise<void> {
  await tx
    .insertInto('profile_traits')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['profile_id', 'trait_group', 'name'])
        .doUpdateSet({ value_json: row.value_json, updated_at: row.updated_at }),
    )
    .execute();
}

/** No two of the rows are the same trait of the same profile. */
export const upsertTraits = bulkInsert('profile_traits', (insertion) =>
  insertion.onConflict((conflict) =>
    conflict.columns(['profile_id', 'trait_group', 'name']).doUpdateSet((eb) => ({
      value_json: eb.ref('excluded.value_json'),
      updated_at: eb.ref('excluded.updated_at'),
    })),
  ),
);

export async function deleteTrait(tx: Tx, profileId: string, group: string, name: string): Promise<void> {
  await tx
    .deleteFrom('profile_traits')
    .where('profile_id', '=', profileId)
    .where('trait_group', '=', group)
    .where('name', '=', name)
    .execute();
}

export async function deleteTraitsOf(tx: Tx, profileId: string): Promise<ProfileTraitRow[]> {
  return tx.deleteFrom('profile_traits').where('profile_id', '=', profileId).returningAll().execute();
}

/** One page of a profile's traits, by the time they were written. */
export async function listTraitPage(
  reader: Reader,
  profileId: string,
  groups: readonly string[] | undefined,
  page: PageRequest,
): Promise<Page<ProfileTraitRow>> {
  let query = reader.selectFrom('profile_traits').selectAll().where('profile_id', '=', profileId);
  // No group has an empty name: a filter that names none finds nothing.
  if (groups) query = query.where('trait_group', 'in', groups.length > 0 ? groups : ['']);
  return fetchPage(query, ['updated_at', 'trait_group', 'name'], page);
}

/** Whether any profile of the store has a value of the trait. Reads by store and group: for control-plane writes only. */
export async function hasTraitValues(
  reader: Reader,
  storeId: string,
  group: string,
  name: string,
): Promise<boolean> {
  const row = await reader
    .selectFrom('profile_traits')
    .select('profile_id')
    .where('store_id', '=', storeId)
    .where('trait_group', '=', group)
    .where('name', '=', name)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Removes values of the named traits of a group from every profile of the store; of all of its traits without names. */
export async function deleteTraitValues(
  tx: Tx,
  storeId: string,
  group: string,
  names?: readonly string[],
): Promise<void> {
  if (names?.length === 0) return;
  let query = tx
    .deleteFrom('profile_traits')
    .where('store_id', '=', storeId)
    .where('trait_group', '=', group);
  if (names) query = query.where('name', 'in', names);
  await query.execute();
}
