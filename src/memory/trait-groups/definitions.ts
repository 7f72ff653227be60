import { errors } from '../../errors/index.ts';
import type { TraitDefinition, TraitDefinitions } from '../traits/index.ts';
import type { TraitDefinitionInput } from './trait-group.wire.ts';

/** Definitions after a change, and what the change did to those that were there. */
export interface AppliedDefinitions {
  readonly definitions: TraitDefinitions;
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}

/**
 * Lays a change over the definitions of a group: a known name is replaced as a whole, a new one added, and the data type ""
 * takes one away, which must be there (memory-semantics section 10).
 */
export function applyDefinitions(
  before: TraitDefinitions,
  change: Readonly<Record<string, TraitDefinitionInput>>,
): AppliedDefinitions {
  const after = new Map(Object.entries(before));
  const removed: string[] = [];
  const changed: string[] = [];
  for (const [name, { dataType, ...others }] of Object.entries(change)) {
    if (dataType !== '') {
      if (after.has(name)) changed.push(name);
      after.set(name, { dataType, ...others } as TraitDefinition);
    } else if (after.delete(name)) removed.push(name);
    else
      throw errors.invalid(
        `traits.${name}.dataType`,
        'is empty, which removes a trait, and there is none of this name',
      );
  }
  return { definitions: Object.fromEntries(after), removed, changed };
}
