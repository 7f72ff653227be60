import { createRequire } from 'node:module';
import type { PhoneNumber } from 'libphonenumber-js/max';

/** Rules by which identifier values are stored, matched and returned (memory-semantics section 5). */
export type Normalization = 'phone' | 'email' | 'trim' | 'none';

const phoneDigitsMin = 10;
const phoneDigitsMax = 15;
export const identifierLengthMax = 255;
const require = createRequire(import.meta.url);

/** The normalised value; undefined when the value is not one of its kind. */
export function normalize(value: string, rule: Normalization): string | undefined {
  const normal = apply(value, rule);
  return normal === undefined || normal === '' || isTooLong(normal) ? undefined : normal;
}

/** Counts characters as schemas do: those outside the basic plane are one each. */
function isTooLong(value: string): boolean {
  return value.length > identifierLengthMax && [...value].length > identifierLengthMax;
}

function apply(value: string, rule: Normalization): string | undefined {
  switch (rule) {
    case 'phone':
      return toE164(value);
    case 'email':
      return value.toLowerCase().replaceAll(/\s/g, '');
    case 'trim':
      return value.trim();
    case 'none':
      return value;
  }
}

/**
 * E.164. Numbers without `+` are read as the contract says: ten digits are a US number, eleven that start with 1 are one
 * with its country code, longer ones begin with a country code. Where a `+` number has a national prefix in it, such as
 * +49 (0)30, libphonenumber takes it out.
 */
function toE164(value: string): string | undefined {
  const text = value.trim();
  const digits = text.replaceAll(/\D/g, '');
  if (digits.length < phoneDigitsMin || digits.length > phoneDigitsMax) return undefined;
  if (/[a-z]/i.test(text)) return undefined;
  const international = text.startsWith('+') || digits.length > phoneDigitsMin ? `+${digits}` : `+1${digits}`;
  // A North American number has no national prefix, and the library takes its time.
  const isNorthAmerican = international.length === 12 && international.startsWith('+1');
  const parsed = text.startsWith('+') && !isNorthAmerican ? parsePhoneNumber(text) : undefined;
  return parsed?.isValid() ? parsed.number : international;
}

/** What the library makes of a number; it is loaded with the first one that needs it, since it holds the rules of all countries. */
function parsePhoneNumber(text: string): PhoneNumber | undefined {
  const library = require('libphonenumber-js/max') as typeof import('libphonenumber-js/max');
  return library.parsePhoneNumberFromString(text);
}
