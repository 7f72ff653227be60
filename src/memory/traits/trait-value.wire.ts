import Type from 'typebox';
import type { TraitInput, TraitValue } from './trait-value.ts';

const groupsMax = 50;
const traitsMax = 99;
const arrayMax = 100;

function traitValues(types: readonly string[]) {
  return {
    type: 'object',
    maxProperties: groupsMax,
    additionalProperties: {
      type: 'object',
      maxProperties: traitsMax,
      additionalProperties: {
        type: [...types, 'array'],
        maxItems: arrayMax,
        items: { type: ['string', 'number', 'boolean'] },
      },
    },
  };
}

/** `{group: {trait: value}}` as a profile is created with. */
export const TraitValues = Type.Unsafe<TraitInput>(traitValues(['string', 'number', 'boolean']));

/** The same, where null removes a trait. */
export const TraitValuesPatch = Type.Unsafe<TraitInput>(traitValues(['string', 'number', 'boolean', 'null']));

/** As answered. */
export const TraitsByGroup = Type.Unsafe<Record<string, Record<string, TraitValue>>>({
  type: 'object',
  additionalProperties: { type: 'object', additionalProperties: {} },
});
