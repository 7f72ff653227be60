import { sql } from 'kysely';
import type { Reader } from '../../storage/index.ts';
import type { IdentifierValue } from './identifier.store.ts';

/** A value and a profile that holds it. */
export interface OwnedValue extends IdentifierValue {
  readonly profileId: string;
}

/**
 * Profiles that hold the values: of each value the earliest one and, when several hold it, the latest too. Looks each value up
 * by the index, whatever PostgreSQL believes about a table that was filled a moment ago.
 */
export async function findOwnersOfMany(
  reader: Reader,
  storeId: string,
  values: readonly IdentifierValue[],
): Promise<OwnedValue[]> {
  const found: OwnedValue[] = [];
  for (const [idType, ofType] of Map.groupBy(values, (value) => value.idType)) {
    const sought = [...new Set(ofType.map(({ value }) => value))];
    const rows = await reader
      .selectFrom(listOf(sought).as('sought'))
      .select((eb) => {
        const owners = eb
          .selectFrom('profile_identifiers')
          .where('store_id', '=', storeId)
          .where('id_type', '=', idType)
          .whereRef('value', '=', 'sought.column1');
        return [
          'sought.column1 as value',
          owners.select(({ fn }) => fn.min('profile_id').as('id')).as('first'),
          owners.select(({ fn }) => fn.max('profile_id').as('id')).as('last'),
        ];
      })
      .execute();
    for (const { value, first, last } of rows) {
      const owners = new Set([first, last].filter((profileId) => profileId !== null));
      for (const profileId of owners) found.push({ idType, value, profileId });
    }
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
    .selectFrom(listOf(profileIds).as('sought'))
    .select('sought.column1 as id')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('profile_identifiers')
          .select('id_type')
          .whereRef('profile_id', '=', 'sought.column1')
          .groupBy('id_type')
          .having((having) => having.fn.countAll(), '>', limit),
      ),
    )
    .execute();
  return rows.map((row) => row.id);
}

/** A list of texts to select from; both databases name its column so. */
function listOf(texts: readonly string[]) {
  return sql<{ column1: string }>`(values ${sql.join(texts.map((text) => sql`(${text})`))})`;
}
