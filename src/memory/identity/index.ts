/** Identifier types, their values, and which profile a value points to. */

export {
  deleteIdentifiersOf,
  findOwners,
  type IdentifierValue,
  moveIdentifiers,
} from './identifier.store.ts';
export {
  addIdentifiers,
  cutToLimits,
  findMatches,
  getIdentifierConfig,
  normalizeIdentifierOrThrow,
  ownersMax,
} from './identifier.ts';
export { getIdentitySettings, provisionIdentitySettings } from './identity-settings.store.ts';
export type { IdentifierConfig, IdentitySettings } from './identity-settings.ts';
export { identifierLengthMax, type Normalization, normalize } from './normalize.ts';
