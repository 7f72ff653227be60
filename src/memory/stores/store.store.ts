import {
  fetchPage,
  type Page,
  type PageRequest,
  type Reader,
  type StoreRow,
  type Tx,
} from '../../storage/index.ts';

export async function insertStore(tx: Tx, store: StoreRow): Promise<void> {
  await tx.insertInto('stores').values(store).execute();
}

export async function findStoreRow(
  reader: Reader,
  accountId: string,
  storeId: string,
): Promise<StoreRow | undefined> {
  return reader
    .selectFrom('stores')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', storeId)
    .executeTakeFirst();
}

export async function findStoreByName(
  reader: Reader,
  accountId: string,
  displayName: string,
): Promise<StoreRow | undefined> {
  return reader
    .selectFrom('stores')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('display_name', '=', displayName)
    .executeTakeFirst();
}

export async function countStores(reader: Reader, accountId: string): Promise<number> {
  const row = await reader
    .selectFrom('stores')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function listStoreIds(
  reader: Reader,
  accountId: string,
  page: PageRequest,
): Promise<Page<{ id: string }>> {
  return fetchPage(
    reader.selectFrom('stores').select('id').where('account_id', '=', accountId),
    ['id'],
    page,
  );
}

export async function updateStore(tx: Tx, store: StoreRow): Promise<void> {
  const { account_id, id, ...changes } = store;
  await tx
    .updateTable('stores')
    .set(changes)
    .where('account_id', '=', account_id)
    .where('id', '=', id)
    .execute();
}

/** Tables whose rows name their store; everything else below a store is keyed by its profiles. */
const tablesByStore = [
  'profile_traits',
  'profile_identifiers',
  'identifier_grams',
  'profile_merges',
  'profile_events',
  'observations',
  'conversation_summaries',
  'imports',
  'import_chunks',
  'data_mappings',
  'trait_groups',
  'identity_settings',
] as const;
const tablesByProfile = [
  'observation_revisions',
  'observation_conversations',
  'memory_terms',
  'memory_statistics',
] as const;

const profilesAtOnce = 500;

/** Ids of all profiles of a store, merged ones too, some at a time. */
export async function* profilesOfStore(reader: Reader, storeId: string): AsyncGenerator<string[]> {
  for (let last = ''; ; ) {
    const rows = await reader
      .selectFrom('profiles')
      .select('id')
      .where('store_id', '=', storeId)
      .where('id', '>', last)
      .orderBy('id')
      .limit(profilesAtOnce)
      .execute();
    const end = rows.at(-1);
    if (!end) return;
    yield rows.map(({ id }) => id);
    last = end.id;
  }
}

/** Removes a store with everything in it. */
export async function deleteStoreRows(tx: Tx, accountId: string, storeId: string): Promise<void> {
  const profiles = tx.selectFrom('profiles').select('id').where('store_id', '=', storeId);
  for (const table of tablesByProfile)
    await tx.deleteFrom(table).where('profile_id', 'in', profiles).execute();
  for (const table of tablesByStore) await tx.deleteFrom(table).where('store_id', '=', storeId).execute();
  await tx.deleteFrom('profiles').where('store_id', '=', storeId).execute();
  await tx.deleteFrom('stores').where('account_id', '=', accountId).where('id', '=', storeId).execute();
}
