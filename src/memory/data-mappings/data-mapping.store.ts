import {
  type DataMappingRow,
  fetchPage,
  type Page,
  type PageRequest,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import type { StoreRef } from '../profiles/index.ts';

export async function insertDataMapping(tx: Tx, row: DataMappingRow): Promise<void> {
  await tx.insertInto('data_mappings').values(row).execute();
}

export async function findDataMapping(
  reader: Reader,
  ref: StoreRef,
  id: string,
): Promise<DataMappingRow | undefined> {
  return mappingsOf(reader, ref).where('id', '=', id).executeTakeFirst();
}

export async function findDataMappingByName(
  reader: Reader,
  ref: StoreRef,
  displayName: string,
): Promise<DataMappingRow | undefined> {
  return mappingsOf(reader, ref).where('display_name', '=', displayName).executeTakeFirst();
}

/** The enabled mappings that a source feeds, oldest first. */
export async function listEnabledMappings(
  reader: Reader,
  ref: StoreRef,
  sourceId: string,
): Promise<DataMappingRow[]> {
  return mappingsOf(reader, ref)
    .where('source_id', '=', sourceId)
    .where('is_enabled', '=', 1)
    .orderBy('id')
    .execute();
}

export async function listDataMappings(
  reader: Reader,
  ref: StoreRef,
  sourceType: DataMappingRow['source_type'] | undefined,
  page: PageRequest,
): Promise<Page<DataMappingRow>> {
  const query = mappingsOf(reader, ref);
  return fetchPage(sourceType ? query.where('source_type', '=', sourceType) : query, ['id'], page);
}

export async function updateDataMapping(tx: Tx, row: DataMappingRow): Promise<void> {
  const { account_id, store_id, id, ...changes } = row;
  await tx
    .updateTable('data_mappings')
    .set(changes)
    .where('store_id', '=', store_id)
    .where('id', '=', id)
    .where('account_id', '=', account_id)
    .execute();
}

export async function deleteDataMappingRow(tx: Tx, row: DataMappingRow): Promise<void> {
  await tx
    .deleteFrom('data_mappings')
    .where('store_id', '=', row.store_id)
    .where('id', '=', row.id)
    .where('account_id', '=', row.account_id)
    .execute();
}

/** What mappings of the store write to, as stored. */
export async function listTargets(reader: Reader, ref: StoreRef): Promise<string[]> {
  const rows = await mappingsOf(reader, ref).execute();
  return rows.map((row) => row.target_json);
}

function mappingsOf(reader: Reader, { accountId, storeId }: StoreRef) {
  return reader
    .selectFrom('data_mappings')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('account_id', '=', accountId);
}
