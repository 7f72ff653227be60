import {
  fetchPage,
  type Page,
  type PageRequest,
  prepared,
  type Reader,
  type StoreRow,
  type Tx,
} from '../../storage/index.ts';

export async function insertStore(tx: Tx, store: StoreRow): Promise<void> {
  await tx.insertInto('stores').values(store).execute();
}

/**
 * The store, unless it was deleted. Until the end of a transaction that found it, `removeStoreRow` waits: whoever writes below a
 * store finds it first, and so leaves nothing behind. The lock is the one that a foreign key would take, which neither other
 * writers nor a change or deletion of the store wait for. SQLite needs none, since its writers stand in line.
 */
export async function findStoreRow(
  reader: Reader,
  accountId: string,
  storeId: string,
): Promise<StoreRow | undefined> {
  const [row] = await selectStore(reader, { accountId, storeId });
  return row;
}

const selectStore = prepared((reader, { accountId, storeId }: { accountId: string; storeId: string }) => {
  const query = reader
    .selectFrom('stores')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', storeId)
    .where('deleted_at', 'is', null);
  // The transactions of SQLite are a connection to Kysely, and not this.
  return reader.isTransaction ? query.forKeyShare() : query;
});

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
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
}

export async function countStores(reader: Reader, accountId: string): Promise<number> {
  const row = await reader
    .selectFrom('stores')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function listStoreIds(
  reader: Reader,
  accountId: string,
  page: PageRequest,
): Promise<Page<{ id: string }>> {
  return fetchPage(
    reader
      .selectFrom('stores')
      .select('id')
      .where('account_id', '=', accountId)
      .where('deleted_at', 'is', null),
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

/** From now on nobody finds the store, and its name is free. Waits for nobody who works in it. */
export async function markStoreDeleted(
  tx: Tx,
  accountId: string,
  storeId: string,
  deletedAt: number,
): Promise<void> {
  await tx
    .updateTable('stores')
    .set({ deleted_at: deletedAt })
    .where('account_id', '=', accountId)
    .where('id', '=', storeId)
    .execute();
}

/** Removes the row of a deleted store once all who found it before its deletion are done; false when it was removed before. */
export async function removeStoreRow(tx: Tx, accountId: string, storeId: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('stores')
    .where('account_id', '=', accountId)
    .where('id', '=', storeId)
    .where('deleted_at', 'is not', null)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}
