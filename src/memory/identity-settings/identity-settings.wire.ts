import Type, { type Static } from 'typebox';
import { configDefaultsOf, type IdentifierConfig, type IdentitySettings } from '../identity/index.ts';

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

/** The configuration with defaults filled in (memory-semantics section 4); a reserved type has its own. */
export function toIdentifierConfig(input: IdentifierConfigInput): IdentifierConfig {
  const { matchingAlgo, limitPolicy, normalization, ...others } = input;
  const words = Object.entries({ matchingAlgo, limitPolicy, normalization }).flatMap(([name, word]) =>
    word === undefined ? [] : [[name, word.toLowerCase()] as const],
  );
  // The schema's patterns have let only these words through.
  return { ...configDefaultsOf(input.idType), ...others, ...Object.fromEntries(words) } as IdentifierConfig;
}
