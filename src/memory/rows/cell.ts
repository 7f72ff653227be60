import { errors } from '../../errors/index.ts';
import type { TraitDefinition, TraitValue } from '../traits/index.ts';

/** What a cell holds to remove a trait (memory-semantics section 9). */
const removal = '\\N';
const arrayMax = 100;
const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
/** What no text of a trait can hold: PostgreSQL has no NUL, and U+FFFD is what decoding makes of bytes that are not UTF-8. */
const unreadable = /[\0\uFFFD]/;

/**
 * The trait value that a cell stands for: null removes the trait, undefined leaves it as it is. An empty cell is an empty
 * text; where it would have to be a number, a boolean, an array or an identifier it is no value at all. Throws the 400 that
 * names `member`, without what stood in the cell.
 */
export function readCell(
  text: string,
  { dataType, idTypePromotion }: TraitDefinition,
  member: string,
): TraitValue | null | undefined {
  if (text === removal) return null;
  if (!isReadable(text)) throw errors.invalid(member, 'must be UTF-8 text without U+0000');
  if (text.trim() === '' && (dataType !== 'STRING' || idTypePromotion !== undefined)) return undefined;
  switch (dataType) {
    case 'STRING':
      return text;
    case 'NUMBER':
      return readNumber(text.trim(), member);
    case 'BOOLEAN':
      return readBoolean(text.trim().toLowerCase(), member);
    case 'ARRAY':
      return readArray(text, member);
  }
}

/** Whether a text was UTF-8 and can be stored. */
export function isReadable(text: string): boolean {
  return !unreadable.test(text);
}

/** Spaces at an end of the text, or several inside it: most often a slip of whoever typed it. */
export function hasOddSpaces(text: string): boolean {
  return /^\s|\s$|\s\s/.test(text);
}

function readNumber(text: string, member: string): number {
  const value = number.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw errors.invalid(member, 'must be a number');
  return value;
}

function readBoolean(text: string, member: string): boolean {
  if (text !== 'true' && text !== 'false') throw errors.invalid(member, 'must be true or false');
  return text === 'true';
}

function readArray(text: string, member: string): TraitValue {
  const value = parseJson(text);
  if (!Array.isArray(value) || value.length > arrayMax || !value.every(isScalar)) {
    throw errors.invalid(member, `must be a JSON array of at most ${arrayMax} texts, numbers or booleans`);
  }
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
