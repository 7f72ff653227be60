import {
  decodeJson,
  encodeJson,
  fetchPage,
  type Page,
  type PageRequest,
  type Reader,
  type StoreRow,
  type TraitGroupRow,
  type Tx,
} from '../../storage/index.ts';
import { contactGroup, type TraitDefinitions } from './trait-group.ts';

/** Gives a new store its default trait group. */
export async function provisionTraitGroups(
  tx: Tx,
  store: Pick<StoreRow, 'account_id' | 'id' | 'created_at'>,
): Promise<void> {
  const row: TraitGroupRow = {
    account_id: store.account_id,
    store_id: store.id,
    name: contactGroup.name,
    description: contactGroup.description,
    traits_json: encodeJson(contactGroup.traits),
    version: 1,
    created_at: store.created_at,
  };
  await tx.insertInto('trait_groups').values(row).execute();
}

/** Definitions of all groups of a store, by group name. */
export async function getTraitDefinitions(
  reader: Reader,
  storeId: string,
): Promise<ReadonlyMap<string, TraitDefinitions>> {
  const rows = await reader
    .selectFrom('trait_groups')
    .select(['name', 'traits_json'])
    .where('store_id', '=', storeId)
    .orderBy('name')
    .execute();
  return new Map(rows.map((row) => [row.name, decodeJson<TraitDefinitions>(row.traits_json)]));
}

export async function findTraitGroup(
  reader: Reader,
  storeId: string,
  name: string,
): Promise<TraitGroupRow | undefined> {
  return reader
    .selectFrom('trait_groups')
    .selectAll()
    .where('store_id', '=', storeId)
    .where('name', '=', name)
    .executeTakeFirst();
}

export async function countTraitGroups(reader: Reader, storeId: string): Promise<number> {
  const row = await reader
    .selectFrom('trait_groups')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('store_id', '=', storeId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function insertTraitGroup(tx: Tx, row: TraitGroupRow): Promise<void> {
  await tx.insertInto('trait_groups').values(row).execute();
}

export async function updateTraitGroup(tx: Tx, row: TraitGroupRow): Promise<void> {
  const { account_id: _account, store_id, name, ...changes } = row;
  await tx
    .updateTable('trait_groups')
    .set(changes)
    .where('store_id', '=', store_id)
    .where('name', '=', name)
    .execute();
}

export async function deleteTraitGroupRow(tx: Tx, storeId: string, name: string): Promise<void> {
  await tx.deleteFrom('trait_groups').where('store_id', '=', storeId).where('name', '=', name).execute();
}

export async function listTraitGroupRows(
  reader: Reader,
  storeId: string,
  page: PageRequest,
): Promise<Page<TraitGroupRow>> {
  const query = reader.selectFrom('trait_groups').selectAll().where('store_id', '=', storeId);
  return fetchPage(query, ['created_at', 'name'], page);
}
