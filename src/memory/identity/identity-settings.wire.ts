import Type, { type Static } from 'typebox';
import type { IdentifierConfig, IdentitySettings } from './identity-settings.ts';

/** Schemas and limits of memory-v1.yaml, tag IdentityResolutionSettings. */
export const identifierTypesMax = 15;

/** Names of identifier types. Enumerations are taken in any case and answered in lower case. */
const IdType = Type.String({ minLength: 2, maxLength: 30, pattern: '^[A-Za-z0-9_-]+$' });

function anyCase<const Value extends string>(values: readonly Value[]) {
  const pattern = values.map((value) =>
    [...value].map((letter) => `[${letter}${letter.toUpperCase()}]`).join(''),
  );
  return Type.String({ pattern: `^(${pattern.join('|')})$` });
}

const IdentifierConfigInput = Type.Object(
  {
    idType: IdType,
    matchingAlgo: Type.Optional(anyCase(['exact', 'fuzzy'])),
    matchingThreshold: Type.Optional(Type.Integer({ minimum: 50, maximum: 99 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
    limitPolicy: Type.Optional(anyCase(['fifo', 'lifo'])),
    enforceUnique: Type.Optional(Type.Boolean()),
    normalization: Type.Optional(anyCase(['phone', 'email', 'trim', 'none'])),
  },
  { additionalProperties: false },
);
export type IdentifierConfigInput = Static<typeof IdentifierConfigInput>;

export const IdentitySettingsPut = Type.Object({
  identifierConfigs: Type.Array(IdentifierConfigInput, { minItems: 1, maxItems: identifierTypesMax }),
  matchingRules: Type.Array(Type.String({ minLength: 1, maxLength: 30 }), {
    minItems: 1,
    maxItems: identifierTypesMax,
  }),
});
export type IdentitySettingsPut = Static<typeof IdentitySettingsPut>;

export const IdentitySettingsReply = Type.Object({
  identifierConfigs: Type.Array(
    Type.Object({
      idType: Type.String(),
      matchingAlgo: Type.Enum(['exact', 'fuzzy']),
      matchingThreshold: Type.Integer(),
      limit: Type.Integer(),
      limitPolicy: Type.Enum(['fifo', 'lifo']),
      enforceUnique: Type.Boolean(),
      normalization: Type.Enum(['phone', 'email', 'trim', 'none']),
    }),
  ),
  matchingRules: Type.Array(Type.String()),
  version: Type.Integer({ minimum: 1 }),
});

export function toWire(settings: IdentitySettings, version: number): Static<typeof IdentitySettingsReply> {
  return {
    identifierConfigs: settings.identifierConfigs.map((config) => ({ ...config })),
    matchingRules: [...settings.matchingRules],
    version,
  };
}

/** The configuration with defaults filled in (memory-semantics section 4). */
export function toIdentifierConfig(input: IdentifierConfigInput): IdentifierConfig {
  const lower = <Value extends string>(value: string | undefined, preset: Value) =>
    // The schema's pattern has let only these words through.
    (value?.toLowerCase() ?? preset) as Value;
  return {
    idType: input.idType,
    matchingAlgo: lower<IdentifierConfig['matchingAlgo']>(input.matchingAlgo, 'exact'),
    matchingThreshold: input.matchingThreshold ?? 75,
    limit: input.limit ?? 100,
    limitPolicy: lower<IdentifierConfig['limitPolicy']>(input.limitPolicy, 'fifo'),
    enforceUnique: input.enforceUnique ?? true,
    normalization: lower<IdentifierConfig['normalization']>(input.normalization, 'trim'),
  };
}
