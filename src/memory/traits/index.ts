export {
  contactGroup,
  getTraitDefinitions,
  provisionTraitGroups,
  type TraitDefinition,
  type TraitDefinitions,
} from './trait-group.ts';
export { type TraitChange, type TraitInput, type TraitValue, toTraitChanges } from './trait-value.ts';
