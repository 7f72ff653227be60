/** Identifier types, their values, and which profile a value points to. */

export {
  deleteIdentifier,
  deleteIdentifiersOf,
  findOwners,
  type IdentifierValue,
  insertIdentifiers,
  listIdentifierRows,
  moveIdentifiers,
} from './identifier.store.ts';
export {
  addIdentifiers,
  cutToLimits,
  findMatches,
  getIdentifierConfig,
  type Match,
  normalizeIdentifierOrThrow,
  ownersMax,
} from './identifier.ts';
export { Identifier, IdentifierText, IdType } from './identifier.wire.ts';
export { findOwnersOfMany, type OwnedValue } from './identifier-batch.store.ts';
export { addIdentifiersOfMany } from './identifier-batch.ts';
export { replaceSettings, typesOf } from './identity-rules.ts';
export {
  getIdentitySettings,
  getVersionedSettings,
  provisionIdentitySettings,
  updateIdentitySettings,
} from './identity-settings.store.ts';
export { configDefaultsOf, type IdentifierConfig, type IdentitySettings } from './identity-settings.ts';
export { identifierLengthMax, type Normalization, normalize } from './normalize.ts';
