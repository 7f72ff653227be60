import type { ProfileTraitRow, Reader, Tx } from '../../storage/index.ts';

/** Traits of a profile, of all groups or the named ones. */
export async function listTraitRows(
  reader: Reader,
  profileId: string,
  groups?: readonly string[],
): Promise<ProfileTraitRow[]> {
  if (groups?.length === 0) return [];
  let query = reader.selectFrom('profile_traits').selectAll().where('profile_id', '=', profileId);
  if (groups) query = query.where('trait_group', 'in', groups);
  return query.orderBy('trait_group').orderBy('name').execute();
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
