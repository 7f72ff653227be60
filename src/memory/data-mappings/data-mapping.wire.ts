import Type, { type Static } from 'typebox';
import { pageOf, Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { type DataMappingRow, decodeJson } from '../../storage/index.ts';
import { StoreIdParameter } from '../stores/index.ts';

/** Schemas of memory-v1.yaml, tag DataMapping. */
const displayNameMax = 128;
const descriptionMax = 512;
const mappingsMax = 100;
const fieldNameMax = 64;
const expressionMax = 256;
const traitGroupMax = 64;
const traitNameMax = 128;
const columnsMax = 1000;

export const DataMappingPath = Type.Object({
  storeId: StoreIdParameter,
  dataMappingId: Type.String({ pattern: '^mem_datamapping_[0-7][0-9a-z]{25}$' }),
});

const sourceTypes = ['DATASET', 'INGRESS', 'DATASET_CLOUDAPP', 'DATASET_WAREHOUSE'] as const;
export const SourceTypeParameter = Type.Optional(
  Type.Enum([...sourceTypes], { description: 'Only mappings from this kind of source.' }),
);

const MappingFromDataset = Type.Object(
  {
    type: Type.Enum(['DATASET', 'DATASET_CLOUDAPP', 'DATASET_WAREHOUSE']),
    datasetId: Type.String({ pattern: '^tdi_dataset_[0-7][0-9a-z]{25}$' }),
  },
  { additionalProperties: false },
);
const MappingFromIngress = Type.Object(
  {
    type: Type.Literal('INGRESS'),
    columns: Type.Array(Type.String({ minLength: 1, maxLength: expressionMax }), {
      minItems: 1,
      maxItems: columnsMax,
    }),
  },
  { additionalProperties: false },
);
/** One of the two by its type, so that an error is about the kind that the caller meant. */
const MappingFrom = Type.Unsafe<Static<typeof MappingFromDataset> | Static<typeof MappingFromIngress>>({
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: [MappingFromDataset, MappingFromIngress],
});
export type MappingFrom = Static<typeof MappingFrom>;

/** Either name of the source field is enough; `expression` rules when both are there. */
const MappingItem = Type.Object(
  {
    fieldName: Type.Optional(Type.String({ minLength: 1, maxLength: fieldNameMax })),
    expression: Type.Optional(Type.String({ minLength: 1, maxLength: expressionMax })),
    traitGroup: Type.String({ minLength: 1, maxLength: traitGroupMax, pattern: '^[a-zA-Z0-9_.-]+$' }),
    traitName: Type.String({ minLength: 1, maxLength: traitNameMax, pattern: '^[a-z][a-zA-Z0-9_.-]*$' }),
  },
  { additionalProperties: false },
);
export type MappingItem = Static<typeof MappingItem>;

const MappingTo = Type.Object(
  {
    type: Type.Optional(Type.Literal('TRAITS')),
    mappings: Type.Array(MappingItem, { minItems: 1, maxItems: mappingsMax }),
  },
  { additionalProperties: false },
);
export type MappingTo = Static<typeof MappingTo>;

const core = {
  displayName: Type.String({ minLength: 1, maxLength: displayNameMax, pattern: '^[a-zA-Z][a-zA-Z0-9-_.]*$' }),
  description: Type.String({ minLength: 1, maxLength: descriptionMax }),
  isEnabled: Type.Boolean(),
  mappingTo: MappingTo,
  mappingFrom: MappingFrom,
};

export const DataMappingCreate = Type.Object({
  displayName: core.displayName,
  description: Type.Optional(core.description),
  isEnabled: Type.Optional(core.isEnabled),
  mappingTo: core.mappingTo,
  mappingFrom: core.mappingFrom,
});
export type DataMappingCreate = Static<typeof DataMappingCreate>;

/** `mappingFrom` may be repeated, and may not be changed. */
export const DataMappingPatch = Type.Partial(DataMappingCreate, { minProperties: 1 });
export type DataMappingPatch = Static<typeof DataMappingPatch>;

export const DataMapping = Type.Object(
  {
    id: Type.String(),
    displayName: Type.String(),
    description: Type.Optional(Type.String()),
    isEnabled: Type.Boolean(),
    mappingTo: MappingTo,
    mappingFrom: MappingFrom,
    createdAt: Timestamp,
    updatedAt: Timestamp,
    version: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
);

export const dataMappingList = { key: 'dataMappings', sortKey: ['text'], sizeMax: 100 } as const;
export const DataMappingList = pageOf(dataMappingList.key, DataMapping);

export function toWire(row: DataMappingRow): Static<typeof DataMapping> {
  const target = decodeJson<MappingTo>(row.target_json);
  return {
    id: row.id,
    displayName: row.display_name,
    ...(row.description === null ? {} : { description: row.description }),
    isEnabled: row.is_enabled === 1,
    mappingTo: { type: 'TRAITS', mappings: target.mappings.map(withBothNames) },
    mappingFrom: decodeJson<MappingFrom>(row.source_json),
    createdAt: toTimestamp(row.created_at),
    updatedAt: toTimestamp(row.updated_at),
    version: row.version,
  };
}

/** Older clients know `fieldName` only, newer ones `expression` (memory-semantics section 11). */
function withBothNames(item: MappingItem): MappingItem {
  const expression = item.expression ?? item.fieldName;
  const fieldName = item.fieldName ?? item.expression;
  return {
    ...(fieldName === undefined || fieldName.length > fieldNameMax ? {} : { fieldName }),
    ...(expression === undefined ? {} : { expression }),
    traitGroup: item.traitGroup,
    traitName: item.traitName,
  };
}

/** The column that an item takes its values from. */
export function columnOf({ expression, fieldName = '' }: MappingItem): string {
  return expression ?? fieldName;
}
