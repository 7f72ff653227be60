import fc from 'fast-check';
import { nastyTexts, nastyValue, worseThan } from './nasty-values.ts';
import { texts } from './texts.ts';

/** A change to one place of a value. */
interface Damage {
  readonly kind: 'worsen' | 'replace' | 'remove' | 'add';
  /** Which of the value's places, counted through and around. */
  readonly place: number;
  readonly value: unknown;
  readonly name: string;
  readonly pick: number;
}

/** What valid values turn into when one to three places of them are damaged. */
export function brokenValue(valid: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.tuple(valid, fc.array(damage(), { minLength: 1, maxLength: 3 })).map(([value, damages]) => {
    // Only what was valid is damaged: damage to damage grows without end.
    const places = placesIn(value);
    return damages.reduce((found, one) => applyDamage(found, one, places), value);
  });
}

function damage(): fc.Arbitrary<Damage> {
  return fc.record({
    kind: fc.constantFrom<Damage['kind']>('worsen', 'worsen', 'worsen', 'replace', 'remove', 'add'),
    place: fc.nat(),
    value: nastyValue(),
    name: fc.oneof(fc.constantFrom(...nastyTexts), texts({})),
    pick: fc.nat(),
  });
}

function applyDamage(
  value: unknown,
  { kind, place, value: nasty, name, pick }: Damage,
  places: readonly Place[],
): unknown {
  const simple = places.filter((one) => !isObject(one.value));
  const possible = kind === 'worsen' && simple.length > 0 ? simple : places;
  const chosen = possible[place % possible.length]?.at ?? [];
  return changeAt(value, chosen, (found) => {
    if (kind === 'worsen') return worseThan(found, pick) ?? nasty;
    if (kind === 'add' && isObject(found))
      return Object.fromEntries([...Object.entries(found), [name, nasty]]);
    return kind === 'remove' ? undefined : nasty;
  });
}

/** Names of members and positions of items that lead to a value within a value. */
type Path = readonly string[];

interface Place {
  readonly at: Path;
  readonly value: unknown;
}

const placesMax = 500;
const pathMax = 20;

function placesIn(value: unknown, at: Path = []): Place[] {
  const here = { at, value };
  if (typeof value !== 'object' || value === null || at.length > pathMax) return [here];
  const inside = Object.entries(value).flatMap(([name, member]) => placesIn(member, [...at, name]));
  return [here, ...inside].slice(0, placesMax);
}

/** A copy with another value at the place; undefined is left out, as JSON leaves it out. */
function changeAt(value: unknown, [name, ...rest]: Path, change: (found: unknown) => unknown): unknown {
  if (name === undefined) return change(value);
  if (Array.isArray(value)) {
    return value.map((item, at) => (String(at) === name ? changeAt(item, rest, change) : item));
  }
  if (!isObject(value)) return value;
  const members = Object.entries(value);
  return Object.fromEntries(
    members.map(([key, member]) => [key, key === name ? changeAt(member, rest, change) : member]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
