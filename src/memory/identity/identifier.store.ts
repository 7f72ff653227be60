import { bulkInsert, type ProfileIdentifierRow, type Reader, type Tx } from '../../storage/index.ts';
import { deleteGrams, deleteGramsOf, moveGrams } from './fuzzy.store.ts';

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

/** Values that identify a profile only together: it holds one of each type. */
export type IdentifierConjunction = readonly {
  readonly idType: string;
  readonly values: readonly string[];
}[];

/** Profiles that hold one of the values of each type, oldest first. */
export async function findProfilesWith(
  reader: Reader,
  storeId: string,
  conjunction: IdentifierConjunction,
  limit: number,
): Promise<string[]> {
  const [first, ...others] = conjunction;
  if (!first || conjunction.some(({ values }) => values.length === 0)) return [];
  const holders = ({ idType, values }: IdentifierConjunction[number]) =>
    reader
      .selectFrom('profile_identifiers')
      .select('profile_id')
      .where('store_id', '=', storeId)
      .where('id_type', '=', idType)
      .where('value', 'in', values);
  let query = holders(first).distinct();
  for (const other of others) query = query.where('profile_id', 'in', holders(other));
  const rows = await query.orderBy('profile_id').limit(limit).execute();
  return rows.map((row) => row.profile_id);
}

/** A value that the profile holds already stays as it is, and one that belongs to another profile alone stays with that one. */
export const insertIdentifiers = bulkInsert('profile_identifiers', (insertion) =>
  insertion.onConflict((conflict) => conflict.doNothing()),
);

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
  await deleteGrams(tx, profileId, { idType, value });
  await tx
    .deleteFrom('profile_identifiers')
    .where('profile_id', '=', profileId)
    .where('id_type', '=', idType)
    .where('value', '=', value)
    .execute();
}

/** Hands the values of one profile to another; values of both stay once. */
export async function moveIdentifiers(tx: Tx, fromProfileId: string, toProfileId: string): Promise<void> {
  await moveGrams(tx, fromProfileId, toProfileId);
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
  await deleteGramsOf(tx, profileId);
  await tx.deleteFrom('profile_identifiers').where('profile_id', '=', profileId).execute();
}
