import { describe, expect, it } from 'vitest';
import type { TraitDefinition } from '../traits/index.ts';
import { hasOddSpaces, readCell } from './cell.ts';

const text: TraitDefinition = { dataType: 'STRING' };
const number: TraitDefinition = { dataType: 'NUMBER' };
const boolean: TraitDefinition = { dataType: 'BOOLEAN' };
const array: TraitDefinition = { dataType: 'ARRAY' };
const phone: TraitDefinition = { dataType: 'STRING', idTypePromotion: 'phone' };

describe('a cell', () => {
  it.each([
    ['a text, as it is', ' Ada ', text, ' Ada '],
    ['an empty text', '', text, ''],
    ['a number', '42', number, 42],
    ['a number with a sign, a fraction and an exponent', '-1.5e3', number, -1500],
    ['a number between spaces', ' 7 ', number, 7],
    ['true', 'true', boolean, true],
    ['false, in capitals', 'FALSE', boolean, false],
    ['an array', '["a", 1, true]', array, ['a', 1, true]],
    ['an empty array', '[]', array, []],
    ['the removal of a text', '\\N', text, null],
    ['the removal of a number', '\\N', number, null],
    ['no number, when it is empty', '', number, undefined],
    ['no boolean, when it is empty', '', boolean, undefined],
    ['no array, when it is empty', '', array, undefined],
    ['no identifier, when it is empty', '', phone, undefined],
    ['no identifier, when it is blank', '  ', phone, undefined],
  ])('is read as %s', (_what, cell, definition, value) => {
    expect(readCell(cell, definition, 'traits.G.t')).toEqual(value);
  });

  it.each([
    ['a number that is none', 'SECRET', number],
    ['a number in another base', '0x10', number],
    ['an infinite number', '1e999', number],
    ['a boolean that is none', 'SECRET', boolean],
    ['an array that is no JSON', 'SECRET', array],
    ['an array within an array', '[["SECRET"]]', array],
    ['an object', '{"SECRET":1}', array],
    ['an array of 101 values', JSON.stringify(Array(101).fill('SECRET')), array],
    ['a text with a NUL character', 'SECRET\0', text],
    ['a text that was not UTF-8', 'SECRET\uFFFD', text],
  ])('is refused, without saying what stood in it, when it is %s', (_what, cell, definition) => {
    const read = () => readCell(cell, definition, 'traits.G.t');
    expect(read).toThrow('traits.G.t');
    expect(read).not.toThrow('SECRET');
  });
});

describe('odd spaces', () => {
  it.each([' a', 'a ', 'a  b', '\ta', ' '])('are seen in %j', (cell) => {
    expect(hasOddSpaces(cell)).toBe(true);
  });

  it.each(['', 'a', 'a b c'])('are not seen in %j', (cell) => {
    expect(hasOddSpaces(cell)).toBe(false);
  });
});
