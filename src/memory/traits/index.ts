/** Trait definitions of a store and trait values of profiles. */
export { applyTraitChanges, getTraits, moveTraits } from './profile-traits.ts';
export { getTraitDefinitions, provisionTraitGroups } from './trait-group.store.ts';
export { contactGroup, type TraitDefinition, type TraitDefinitions } from './trait-group.ts';
export { deleteTraitsOf } from './trait-value.store.ts';
export { type TraitChange, type TraitInput, type TraitValue, toTraitChanges } from './trait-value.ts';
export { TraitsByGroup, TraitValues, TraitValuesPatch } from './trait-value.wire.ts';
