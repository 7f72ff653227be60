import Type, { type Static } from 'typebox';
import { pageOf } from '../../http/index.ts';
import { decodeJson, type TraitGroupRow } from '../../storage/index.ts';
import { StoreIdParameter } from '../stores/index.ts';
import type { TraitDefinitions } from '../traits/index.ts';

/** Schemas and limits of memory-v1.yaml, tag TraitGroup. */
export const groupsMax = 50;
export const traitsMax = 95;

const Bound = Type.Optional(Type.Integer({ minimum: 0 }));
const ValidationRule = Type.Union([
  Type.Object(
    {
      ruleType: Type.Literal('STRING'),
      pattern: Type.Optional(Type.String({ maxLength: 1000 })),
      minLength: Bound,
      maxLength: Type.Optional(Type.Integer({ minimum: 1 })),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      ruleType: Type.Literal('NUMBER'),
      min: Type.Optional(Type.Number()),
      max: Type.Optional(Type.Number()),
    },
    { additionalProperties: false },
  ),
  Type.Object({ ruleType: Type.Literal('BOOLEAN') }, { additionalProperties: false }),
  Type.Object(
    { ruleType: Type.Literal('ARRAY'), minItems: Bound, maxItems: Bound },
    { additionalProperties: false },
  ),
]);

const TraitDefinitionInput = Type.Object(
  {
    /** The empty text takes a trait away, in a change only. */
    dataType: Type.Enum(['STRING', 'NUMBER', 'BOOLEAN', 'ARRAY', '']),
    description: Type.Optional(Type.String({ maxLength: 1024 })),
    validationRule: Type.Optional(ValidationRule),
    idTypePromotion: Type.Optional(Type.String({ maxLength: 30 })),
  },
  { additionalProperties: false },
);
export type TraitDefinitionInput = Static<typeof TraitDefinitionInput>;

const traitName = '^[a-zA-Z0-9_.-]{1,64}$';
const TraitDefinitionsInput = Type.Unsafe<Record<string, TraitDefinitionInput>>({
  type: 'object',
  propertyNames: { pattern: traitName },
  additionalProperties: TraitDefinitionInput,
});

const Description = Type.String({ maxLength: 1024 });
const GroupName = Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-zA-Z0-9_.-]+$' });

export const TraitGroupCreate = Type.Object(
  {
    displayName: GroupName,
    description: Type.Optional(Description),
    traits: Type.Optional(TraitDefinitionsInput),
  },
  { additionalProperties: false },
);
export type TraitGroupCreate = Static<typeof TraitGroupCreate>;

export const TraitGroupPatch = Type.Object(
  { description: Type.Optional(Description), traits: Type.Optional(TraitDefinitionsInput) },
  { additionalProperties: false },
);
export type TraitGroupPatch = Static<typeof TraitGroupPatch>;

export const TraitGroupPath = Type.Object({
  storeId: StoreIdParameter,
  traitGroupName: Type.String({ minLength: 1, maxLength: 64 }),
});

const TraitGroup = Type.Object({
  displayName: Type.String(),
  description: Type.Optional(Type.String()),
  traits: Type.Optional(
    Type.Unsafe<TraitDefinitions>({
      type: 'object',
      additionalProperties: { type: 'object', additionalProperties: true },
    }),
  ),
  version: Type.Integer({ minimum: 1 }),
});

export const traitGroupList = { key: 'traitGroups', sortKey: ['integer', 'text'], sizeMax: 50 } as const;
export const TraitGroupList = pageOf(traitGroupList.key, TraitGroup);

/** The traits of one group, which is what the pages of a fetched group run over. */
export const traitList = { key: 'traitGroup', sortKey: ['text'], sizeMax: 100 } as const;
export const TraitGroupReply = Type.Object({
  traitGroup: TraitGroup,
  meta: pageOf(traitList.key, Type.Unknown()).properties.meta,
});

export const IncludeTraits = Type.Optional(
  Type.Boolean({ description: 'Whether to return trait definitions.' }),
);

/** The group; with definitions when some are given. */
export function toWire(row: TraitGroupRow, traits: TraitDefinitions | undefined): Static<typeof TraitGroup> {
  return {
    displayName: row.name,
    ...(row.description === null ? {} : { description: row.description }),
    ...(traits ? { traits } : {}),
    version: row.version,
  };
}

export function definitionsOf(row: TraitGroupRow): TraitDefinitions {
  return decodeJson<TraitDefinitions>(row.traits_json);
}
