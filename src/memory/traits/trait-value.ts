import { errors } from '../../errors/index.ts';
import type { TraitDataType, TraitDefinitions } from './trait-group.ts';
import { checkRule } from './validation-rule.ts';

export type Scalar = string | number | boolean;
export type TraitValue = Scalar | readonly Scalar[];

/** Values as callers write them: by group, by name; null removes. */
export type TraitInput = Readonly<Record<string, Readonly<Record<string, TraitValue | null>>>>;

/** One trait to write or, with a null value, to remove. */
export interface TraitChange {
  readonly group: string;
  readonly name: string;
  readonly value: TraitValue | null;
  readonly idTypePromotion: string | undefined;
}

const stringLengthMax = 1024;
const integerMin = -2_147_483_648;
const integerMax = 2_147_483_647;

/**
 * Checks values against the store's definitions and flattens them, in the order they were written. Throws the 400 that names
 * the member when a group or trait is not defined or a value is not of its type (memory-semantics section 10).
 */
export function toTraitChanges(
  definitions: ReadonlyMap<string, TraitDefinitions>,
  input: TraitInput,
  { allowsRemoval }: { allowsRemoval: boolean },
): TraitChange[] {
  return Object.entries(input).flatMap(([group, values]) => {
    const traits = definitions.get(group);
    if (!traits) throw errors.invalid(`traits.${group}`, 'is not a trait group of this store');
    return Object.entries(values).map(([name, value]) => {
      const member = `traits.${group}.${name}`;
      const definition = Object.hasOwn(traits, name) ? traits[name] : undefined;
      if (!definition) throw errors.invalid(member, `is not defined in the trait group ${group}`);
      if (value === null && !allowsRemoval) throw errors.invalid(member, 'must not be null');
      if (value !== null) {
        checkType(member, value, definition.dataType);
        if (definition.validationRule) checkRule(member, value, definition.validationRule);
      }
      return { group, name, value, idTypePromotion: definition.idTypePromotion };
    });
  });
}

function checkType(member: string, value: TraitValue, dataType: TraitDataType): void {
  switch (dataType) {
    case 'STRING':
      if (typeof value !== 'string') throw errors.invalid(member, 'must be a string');
      if ([...value].length > stringLengthMax)
        throw errors.invalid(member, `must have at most ${stringLengthMax} characters`);
      return;
    case 'NUMBER':
      if (typeof value !== 'number') throw errors.invalid(member, 'must be a number');
      if (!isStorable(value)) throw errors.invalid(member, 'is a number that is too large');
      if (Number.isInteger(value) && (value < integerMin || value > integerMax))
        throw errors.invalid(member, 'must be within 32 bits');
      return;
    case 'BOOLEAN':
      if (typeof value !== 'boolean') throw errors.invalid(member, 'must be true or false');
      return;
    case 'ARRAY':
      if (!Array.isArray(value)) throw errors.invalid(member, 'must be an array');
      if (!value.every(isStorable)) throw errors.invalid(member, 'holds a number that is too large');
      return;
  }
}

/** JSON can say 1e400, which is read as infinity, and has no way to write that. */
function isStorable(value: Scalar): boolean {
  return typeof value !== 'number' || Number.isFinite(value);
}
