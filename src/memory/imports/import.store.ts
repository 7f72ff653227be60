import {
  fetchPage,
  type ImportRow,
  type Page,
  type PageRequest,
  type Reader,
  type Tx,
} from '../../storage/index.ts';

/** Names an import everywhere in this resource. */
export interface ImportRef {
  readonly accountId: string;
  readonly storeId: string;
  readonly importId: string;
}

export async function insertImport(tx: Tx, row: ImportRow): Promise<void> {
  await tx.insertInto('imports').values(row).execute();
}

export async function findImport(reader: Reader, ref: ImportRef): Promise<ImportRow | undefined> {
  return reader
    .selectFrom('imports')
    .selectAll()
    .where('store_id', '=', ref.storeId)
    .where('id', '=', ref.importId)
    .where('account_id', '=', ref.accountId)
    .executeTakeFirst();
}

/** The import of an upload URL, which names no account: the key in it is checked instead. */
export async function findImportOfUpload(
  reader: Reader,
  { storeId, importId }: Omit<ImportRef, 'accountId'>,
): Promise<ImportRow | undefined> {
  return reader
    .selectFrom('imports')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('id', '=', importId)
    .executeTakeFirst();
}

export async function listImportIds(
  reader: Reader,
  { accountId, storeId }: Omit<ImportRef, 'importId'>,
  page: PageRequest,
): Promise<Page<{ id: string }>> {
  return fetchPage(
    reader
      .selectFrom('imports')
      .select('id')
      .where('store_id', '=', storeId)
      .where('account_id', '=', accountId),
    ['id'],
    page,
  );
}

/** Deletes some imports of a store and answers their ids. */
export async function deleteSomeImports(
  tx: Tx,
  { accountId, storeId }: Omit<ImportRef, 'importId'>,
  max: number,
): Promise<string[]> {
  const some = tx
    .selectFrom('imports')
    .select('id')
    .where('store_id', '=', storeId)
    .where('account_id', '=', accountId)
    .limit(max);
  const rows = await tx
    .deleteFrom('imports')
    .where('store_id', '=', storeId)
    .where('id', 'in', some)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Changes an import that is still as `expected`; false when it is not. */
export async function updateImport(
  tx: Tx,
  ref: ImportRef,
  expected: Partial<ImportRow>,
  changes: Partial<ImportRow>,
): Promise<boolean> {
  const result = await tx
    .updateTable('imports')
    .set(changes)
    .where('store_id', '=', ref.storeId)
    .where('id', '=', ref.importId)
    .where('account_id', '=', ref.accountId)
    .where((eb) => eb.and(expected))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
