/** Trait definitions of a store and trait values of profiles. */
export { applyTraitChanges, applyTraitChangesOfMany, getTraits, moveTraits } from './profile-traits.ts';
export {
  countTraitGroups,
  deleteTraitGroupRow,
  findTraitGroup,
  getTraitDefinitions,
  insertTraitGroup,
  listTraitGroupRows,
  provisionTraitGroups,
  updateTraitGroup,
} from './trait-group.store.ts';
export {
  contactGroup,
  type TraitDataType,
  type TraitDefinition,
  type TraitDefinitions,
} from './trait-group.ts';
export {
  deleteTrait,
  deleteTraitsOf,
  deleteTraitValues,
  hasTraitValues,
  listTraitPage,
  listTraitRows,
  upsertTrait,
} from './trait-value.store.ts';
export { type TraitChange, type TraitInput, type TraitValue, toTraitChanges } from './trait-value.ts';
export { TraitsByGroup, TraitValues, TraitValuesPatch } from './trait-value.wire.ts';
export { findRuleProblem, type ValidationRule } from './validation-rule.ts';
