import type { ProfileIdentifierRow, Reader, Tx } from '../../storage/index.ts';

/** A normalised value of an identifier type. */
export interface IdentifierValue {
  readonly idType: string;
  readonly value: string;
}

/** Profiles that hold the value, oldest first. */
export async function findOwners(
  reader: Reader,
  storeId: string,
  { idType, value }: IdentifierValue,
  limit: number,
): Promise<string[]> {
  const rows = await reader
    .selectFrom('profile_identifiers')
    .select('profile_id')
    .where('store_id', '=', storeId)
    .where('id_type', '=', idType)
    .where('value', '=', value)
    .orderBy('profile_id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.profile_id);
}

/** A value that the profile holds already stays as it is. */
export async function insertIdentifiers(tx: Tx, rows: readonly ProfileIdentifierRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insertInto('profile_identifiers')
    .values([...rows])
    .onConflict((conflict) => conflict.columns(['profile_id', 'id_type', 'value']).doNothing())
    .execute();
}

/** All values of a profile, in the order in which they were added. */
export async function listIdentifierRows(reader: Reader, profileId: string): Promise<ProfileIdentifierRow[]> {
  return reader
    .selectFrom('profile_identifiers')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('added_at')
    .orderBy('position')
    .orderBy('id_type')
    .orderBy('value')
    .execute();
}

export async function deleteIdentifier(
  tx: Tx,
  profileId: string,
  { idType, value }: IdentifierValue,
): Promise<void> {
  await tx
    .deleteFrom('profile_identifiers')
    .where('profile_id', '=', profileId)
    .where('id_type', '=', idType)
    .where('value', '=', value)
    .execute();
}

/** Hands the values of one profile to another; values of both stay once. */
export async function moveIdentifiers(tx: Tx, fromProfileId: string, toProfileId: string): Promise<void> {
  const rows = await tx
    .deleteFrom('profile_identifiers')
    .where('profile_id', '=', fromProfileId)
    .returningAll()
    .execute();
  await insertIdentifiers(
    tx,
    rows.map((row) => ({ ...row, profile_id: toProfileId })),
  );
}

export async function deleteIdentifiersOf(tx: Tx, profileId: string): Promise<void> {
  await tx.deleteFrom('profile_identifiers').where('profile_id', '=', profileId).execute();
}
