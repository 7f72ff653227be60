import type { Reader } from '../../storage/index.ts';
import type { IdentifierValue } from './identifier.store.ts';

/** A value and a profile that holds it. */
export interface OwnedValue extends IdentifierValue {
  readonly profileId: string;
}

/** Every profile that holds one of the values, with the value. */
export async function findOwnersOfMany(
  reader: Reader,
  storeId: string,
  values: readonly IdentifierValue[],
): Promise<OwnedValue[]> {
  const found: OwnedValue[] = [];
  for (const [idType, ofType] of Map.groupBy(values, (value) => value.idType)) {
    const rows = await reader
      .selectFrom('profile_identifiers')
      .select(['id_type as idType', 'value', 'profile_id as profileId'])
      .where('store_id', '=', storeId)
      .where('id_type', '=', idType)
      .where('value', 'in', [...new Set(ofType.map(({ value }) => value))])
      .execute();
    found.push(...rows);
  }
  return found;
}

/** Those of the profiles that hold more than `limit` values of one type. */
export async function findProfilesOver(
  reader: Reader,
  profileIds: readonly string[],
  limit: number,
): Promise<string[]> {
  if (profileIds.length === 0) return [];
  const rows = await reader
    .selectFrom('profile_identifiers')
    .select('profile_id')
    .where('profile_id', 'in', profileIds)
    .groupBy(['profile_id', 'id_type'])
    .having((eb) => eb.fn.countAll(), '>', limit)
    .execute();
  return [...new Set(rows.map((row) => row.profile_id))];
}
