import {
  decodeJson,
  encodeJson,
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
