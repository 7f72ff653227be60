import {
  decodeJson,
  encodeJson,
  type Reader,
  type StoreRow,
  type TraitGroupRow,
  type Tx,
} from '../../storage/index.ts';

export type TraitDataType = 'STRING' | 'NUMBER' | 'BOOLEAN' | 'ARRAY';

/** What a trait may hold, and which identifier type its values feed (memory-v1.yaml, TraitDefinition). */
export interface TraitDefinition {
  readonly dataType: TraitDataType;
  readonly description?: string;
  readonly idTypePromotion?: string;
}

/** Definitions by trait name. */
export type TraitDefinitions = Readonly<Record<string, TraitDefinition>>;

const text: TraitDefinition = { dataType: 'STRING' };
const promoted = (idTypePromotion: string): TraitDefinition => ({ dataType: 'STRING', idTypePromotion });

/** The group every store starts with (memory-semantics section 10). */
export const contactGroup = {
  name: 'Contact',
  description: 'Who the customer is and how to reach them',
  traits: {
    firstName: text,
    lastName: text,
    phone: promoted('phone'),
    email: promoted('email'),
    whatsapp: promoted('whatsapp'),
    chat: promoted('chat'),
    street: text,
    city: text,
    state: text,
    postalCode: text,
    country: text,
  } satisfies TraitDefinitions,
} as const;

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
