import type { Candidate, Turn } from './extractor.ts';
import { factSlotOf } from './fact-slot.ts';
import { normalise } from './likeness.ts';

/** Values of traits of the group Contact, by name. */
export type ContactDetails = Readonly<Record<string, string>>;

const readers: Readonly<Record<string, (value: string) => ContactDetails>> = {
  name: readName,
  email: (value) => ({ email: value }),
  phone: (value) => ({ phone: value }),
  address: readAddress,
  'postal code': (value) => ({ postalCode: value }),
};

/**
 * How to reach the customer, from observations that say so and by words that the customer wrote: what an agent read out, or an
 * extractor made up, is nobody's detail.
 */
export function contactDetailsOf(observations: readonly Candidate[], turns: readonly Turn[]): ContactDetails {
  const said = normalise(
    turns
      .filter(({ side }) => side === 'customer')
      .map(({ text }) => text)
      .join(' '),
  );
  const details = observations.flatMap(({ content }) => {
    const slot = factSlotOf(content);
    const isSaid = slot && ` ${said} `.includes(` ${normalise(slot.value)} `);
    return isSaid ? [readers[slot.name]?.(slot.value) ?? {}] : [];
  });
  return Object.assign({}, ...details);
}

/** "Ines Maria Duarte" → first and last name; a single word is a first name. */
function readName(value: string): ContactDetails {
  const [firstName = '', ...rest] = value.split(/\s+/);
  return rest.length === 0 ? { firstName } : { firstName, lastName: rest.join(' ') };
}

/** "12 Mill Lane, Springfield, IL 62704": the street with its number, then what has a form of its own. */
function readAddress(value: string): ContactDetails {
  const [street = '', ...parts] = value.split(/\s*,\s*/);
  if (!/\d/.test(street) || !/\p{L}/u.test(street)) return {};
  return Object.assign({ street }, ...parts.map(readPlace));
}

function readPlace(part: string): ContactDetails {
  const [, state, zip] = /^([A-Z]{2})(?: (\d{5}(?:-\d{4})?))?$/.exec(part) ?? [];
  if (state !== undefined) return zip === undefined ? { state } : { state, postalCode: zip };
  if (/^[\dA-Z -]*\d[\dA-Z -]*$/.test(part)) return { postalCode: part };
  return /^\P{N}+$/u.test(part) ? { city: part } : {};
}
