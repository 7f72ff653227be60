import { listOf, type Reader } from '../../storage/index.ts';
import type { IdentifierValue } from './identifier.store.ts';

/** A value and a profile that holds it. */
export interface OwnedValue extends IdentifierValue {
  readonly profileId: string;
}

/*
 * Each of these looks its values or profiles up by an index, one after the other, whatever PostgreSQL believes about a table
 * that was filled a moment ago.
 */

/** Profiles that hold the values: of each value the earliest one and, when several hold it, the latest too. */
export async function findOwnersOfMany(
  reader: Reader,
  storeId: string,
  values: readonly IdentifierValue[],
): Promise<OwnedValue[]> {
  const found: OwnedValue[] = [];
  for (const [idType, ofType] of Map.groupBy(values, (value) => value.idType)) {
    const sought = [...new Set(ofType.map(({ value }) => value))];
    const rows = await reader
      .selectFrom(listOf(reader, sought).as('sought'))
      .select((eb) => {
        const owners = eb
          .selectFrom('profile_identifiers')
          .where('store_id', '=', storeId)
          .where('id_type', '=', idType)
          .whereRef('value', '=', 'sought.item');
        return [
          'sought.item as value',
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

/** Where values go on that a profile gets at this time, by profile; those without values of this time are left out. */
export async function findNextPositions(
  reader: Reader,
  profileIds: readonly string[],
  addedAt: number,
): Promise<ReadonlyMap<string, number>> {
  if (profileIds.length === 0) return new Map();
  const rows = await reader
    .selectFrom(listOf(reader, profileIds).as('sought'))
    .select((eb) => [
      'sought.item as id',
      eb
        .selectFrom('profile_identifiers')
        .select(({ fn }) => fn.max('position').as('last'))
        .whereRef('profile_id', '=', 'sought.item')
        .where('added_at', '=', addedAt)
        .as('last'),
    ])
    .execute();
  return new Map(rows.flatMap(({ id, last }) => (last === null ? [] : [[id, last + 1]])));
}

/** Those of the profiles that hold more than `limit` values of one type. */
export async function findProfilesOver(
  reader: Reader,
  profileIds: readonly string[],
  limit: number,
): Promise<string[]> {
  if (profileIds.length === 0) return [];
  const rows = await reader
    .selectFrom(listOf(reader, profileIds).as('sought'))
    .select('sought.item as id')
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('profile_identifiers')
          .select('id_type')
          .whereRef('profile_id', '=', 'sought.item')
          .groupBy('id_type')
          .having((having) => having.fn.countAll(), '>', limit),
      ),
    )
    .execute();
  return rows.map((row) => row.id);
}
