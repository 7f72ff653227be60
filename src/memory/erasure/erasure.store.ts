import type { ErasableTable, Reader, Tx } from '../../storage/index.ts';

/** Tables whose rows name their store, but for imports and profiles, which come after what they hold. */
export const storeTables: readonly ErasableTable[] = [
  { table: 'identity_settings', by: 'store_id', key: ['store_id'] },
  { table: 'trait_groups', by: 'store_id', key: ['store_id', 'name'] },
  { table: 'data_mappings', by: 'store_id', key: ['store_id', 'id'] },
  {
    table: 'identifier_grams',
    by: 'store_id',
    key: ['store_id', 'id_type', 'gram', 'value', 'profile_id'],
  },
  // A chunk has up to a mebibyte.
  {
    table: 'import_chunks',
    by: 'store_id',
    key: ['store_id', 'import_id', 'upload', 'position'],
    weight: 50,
  },
];

/** Tables with something of a profile, by which they are found: nothing ever scans a table for a store. */
export const profileTables: readonly ErasableTable[] = [
  { table: 'profile_traits', by: 'profile_id', key: ['profile_id', 'trait_group', 'name'] },
  { table: 'profile_identifiers', by: 'profile_id', key: ['profile_id', 'id_type', 'value'] },
  { table: 'profile_merges', by: 'holder_id', key: ['id'] },
  { table: 'profile_events', by: 'profile_id', key: ['profile_id', 'id'] },
  { table: 'observations', by: 'profile_id', key: ['profile_id', 'id'] },
  { table: 'observation_revisions', by: 'profile_id', key: ['profile_id', 'observation_id', 'revision'] },
  { table: 'observation_provenance', by: 'profile_id', key: ['profile_id', 'observation_id', 'revision'] },
  { table: 'conversation_summaries', by: 'profile_id', key: ['profile_id', 'id'] },
  { table: 'memory_vectors', by: 'profile_id', key: ['profile_id', 'kind', 'memory_id'] },
  { table: 'memory_versions', by: 'profile_id', key: ['profile_id'] },
];

interface StoreRef {
  readonly accountId: string;
  readonly storeId: string;
}

/** Ids of some profiles of a store, merged ones too. */
export async function listSomeProfileIds(
  reader: Reader,
  { accountId, storeId }: StoreRef,
  max: number,
): Promise<string[]> {
  const rows = await reader
    .selectFrom('profiles')
    .select('id')
    .where('store_id', '=', storeId)
    .where('account_id', '=', accountId)
    .limit(max)
    .execute();
  return rows.map(({ id }) => id);
}

export async function deleteProfileRowsOf(
  tx: Tx,
  { accountId, storeId }: StoreRef,
  profileIds: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom('profiles')
    .where('store_id', '=', storeId)
    .where('id', 'in', profileIds)
    .where('account_id', '=', accountId)
    .execute();
}
