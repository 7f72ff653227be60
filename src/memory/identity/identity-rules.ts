import { isDeepStrictEqual } from 'node:util';
import { errors } from '../../errors/index.ts';
import {
  defaultIdentitySettings,
  type IdentifierConfig,
  type IdentitySettings,
} from './identity-settings.ts';

/** Joins the types of a compound rule, all of which have to agree. */
const conjunction = / AND /i;

/** Identifier types that a rule looks at: one, or several joined with ` AND `. */
export function typesOf(rule: string): string[] {
  return rule.split(conjunction).map((idType) => idType.trim());
}

/**
 * The settings that a PUT asks for (memory-semantics section 4). The reserved types are always there as they are: leaving one out
 * keeps it, repeating it is fine, and giving it other settings is refused. The rules are exactly as sent.
 */
export function replaceSettings(
  configs: readonly IdentifierConfig[],
  matchingRules: readonly string[],
  typesMax: number,
): IdentitySettings {
  const names = configs.map(({ idType }) => idType);
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated !== undefined) throw errors.invalid('identifierConfigs', `names ${repeated} twice`);
  for (const config of configs) assertReservedUnchanged(config);
  const kept = defaultIdentitySettings.identifierConfigs.filter(({ idType }) => !names.includes(idType));
  const identifierConfigs = [...configs, ...kept];
  if (identifierConfigs.length > typesMax) {
    throw errors.invalid('identifierConfigs', `makes more than ${typesMax} types with the reserved ones`);
  }
  assertRules(matchingRules, identifierConfigs);
  return { identifierConfigs, matchingRules };
}

function assertReservedUnchanged(config: IdentifierConfig): void {
  const reserved = defaultIdentitySettings.identifierConfigs.find(({ idType }) => idType === config.idType);
  if (reserved && !isDeepStrictEqual(reserved, config)) {
    throw errors.invalid(
      'identifierConfigs',
      `${config.idType} is a reserved type, whose settings cannot change`,
    );
  }
}

function assertRules(rules: readonly string[], configs: readonly IdentifierConfig[]): void {
  const known = new Set(configs.map(({ idType }) => idType));
  for (const [at, rule] of rules.entries()) {
    const unknown = typesOf(rule).find((idType) => !known.has(idType));
    if (unknown !== undefined)
      throw errors.invalid(`matchingRules.${at}`, `${unknown} is not an identifier type of this store`);
    if (rules.indexOf(rule) !== at) throw errors.invalid(`matchingRules.${at}`, 'stands there twice');
  }
}
