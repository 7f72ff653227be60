import { sql } from 'kysely';
import type { IdentifierGramRow, Reader, Tx } from '../../storage/index.ts';
import { gramsOf } from './fuzzy.ts';
import type { IdentifierValue } from './identifier.store.ts';

/** Values looked at for one that is sought, those with the most pieces in common first. */
const candidatesMax = 200;

interface ValueOwner {
  readonly accountId: string;
  readonly storeId: string;
  readonly profileId: string;
}

/** Makes a value findable by values that are alike. */
export async function insertGrams(
  tx: Tx,
  owner: ValueOwner,
  { idType, value }: IdentifierValue,
): Promise<void> {
  const rows = gramsOf(value).map(
    (gram): IdentifierGramRow => ({
      account_id: owner.accountId,
      store_id: owner.storeId,
      id_type: idType,
      gram,
      value,
      profile_id: owner.profileId,
    }),
  );
  await tx
    .insertInto('identifier_grams')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Values of the type that share pieces with this one. */
export async function findAlikeValues(
  reader: Reader,
  storeId: string,
  { idType, value }: IdentifierValue,
): Promise<string[]> {
  const rows = await reader
    .selectFrom('identifier_grams')
    .select('value')
    .where('store_id', '=', storeId)
    .where('id_type', '=', idType)
    .where('gram', 'in', gramsOf(value))
    .groupBy('value')
    .orderBy(sql`count(*)`, 'desc')
    .orderBy('value')
    .limit(candidatesMax)
    .execute();
  return rows.map((row) => row.value);
}

export async function deleteGrams(
  tx: Tx,
  profileId: string,
  { idType, value }: IdentifierValue,
): Promise<void> {
  await tx
    .deleteFrom('identifier_grams')
    .where('profile_id', '=', profileId)
    .where('id_type', '=', idType)
    .where('value', '=', value)
    .execute();
}

export async function moveGrams(tx: Tx, fromProfileId: string, toProfileId: string): Promise<void> {
  const rows = await tx
    .deleteFrom('identifier_grams')
    .where('profile_id', '=', fromProfileId)
    .returningAll()
    .execute();
  if (rows.length === 0) return;
  await tx
    .insertInto('identifier_grams')
    .values(rows.map((row) => ({ ...row, profile_id: toProfileId })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function deleteGramsOf(tx: Tx, profileId: string): Promise<void> {
  await tx.deleteFrom('identifier_grams').where('profile_id', '=', profileId).execute();
}
