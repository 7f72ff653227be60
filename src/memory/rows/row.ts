import { errors } from '../../errors/index.ts';
import type { TraitDefinition, TraitDefinitions, TraitInput, TraitValue } from '../traits/index.ts';
import { hasOddSpaces, readCell } from './cell.ts';

/** The trait that a column feeds. */
export interface TraitTarget {
  readonly traitGroup: string;
  readonly traitName: string;
}

/** A column of a source with the definition of the trait that it feeds. */
export interface Field<Column> extends TraitTarget {
  readonly column: Column;
  readonly definition: TraitDefinition;
}

/** What a row says of a customer. */
export interface RowReading {
  readonly traits: TraitInput;
  /** Cells whose spaces look like a slip. */
  readonly oddCells: number;
}

type Definitions = ReadonlyMap<string, TraitDefinitions>;

/** The definition of a target; undefined when the store has none. */
export function findTarget(
  definitions: Definitions,
  { traitGroup, traitName }: TraitTarget,
): TraitDefinition | undefined {
  const traits = definitions.get(traitGroup);
  return traits && Object.hasOwn(traits, traitName) ? traits[traitName] : undefined;
}

/** Throws the 400 that names the first target, under `member`, whose group or trait the store does not define. */
export function checkTargets(
  definitions: Definitions,
  targets: readonly TraitTarget[],
  member: string,
): void {
  for (const [at, target] of targets.entries()) {
    if (!definitions.has(target.traitGroup))
      throw errors.invalid(`${member}.${at}.traitGroup`, 'is not a trait group of this store');
    if (!findTarget(definitions, target))
      throw errors.invalid(
        `${member}.${at}.traitName`,
        `is not defined in the trait group ${target.traitGroup}`,
      );
  }
}

/**
 * Reads one row. `cellOf` gives the value of a column: text is read by the type of the trait, other values are taken as they
 * are, undefined leaves the trait alone. When two fields feed one trait the later one wins. Throws a 400 that names the trait.
 */
export function readRow<Column>(
  fields: readonly Field<Column>[],
  cellOf: (column: Column) => TraitValue | null | undefined,
): RowReading {
  const groups = new Map<string, Map<string, TraitValue | null>>();
  let oddCells = 0;
  for (const { column, traitGroup, traitName, definition } of fields) {
    const cell = cellOf(column);
    const value =
      typeof cell === 'string' ? readCell(cell, definition, `traits.${traitGroup}.${traitName}`) : cell;
    if (value === undefined) continue;
    if (typeof cell === 'string' && hasOddSpaces(cell)) oddCells += 1;
    const group = groups.get(traitGroup) ?? new Map<string, TraitValue | null>();
    groups.set(traitGroup, group.set(traitName, value));
  }
  // Through entries, so that a name such as __proto__ is a name like any other.
  const traits = Object.fromEntries(
    [...groups].map(([group, values]) => [group, Object.fromEntries(values)]),
  );
  return { traits, oddCells };
}
