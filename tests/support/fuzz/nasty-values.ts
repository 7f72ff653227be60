import fc from 'fast-check';
import { texts } from './texts.ts';

const depth = 2_000;

/** Arrays in arrays, deeper than anybody means. */
function nested(): unknown {
  let value: unknown = [];
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

/** An object whose members have the names of what objects inherit. */
function inherited(): unknown {
  return JSON.parse(
    '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}, "toString": 1}',
  );
}

/** Texts that storage and text handling get wrong, whatever they are for. */
export const nastyCharacters: readonly string[] = [
  '\0',
  'a\0b',
  '\ud800',
  'a\udfff\ud800b',
  '\ufeff',
  '\ufffe\uffff',
  '\u202eright to left\u2066',
  'e\u0301\u0301\u0301\u0301',
  '👩‍👩‍👧‍👦',
  '"\\\n\r\t\b',
];

const nastyTimes: readonly string[] = [
  '0000-00-00T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '9999-12-31T23:59:59-23:59',
  '9999-12-31T23:59:60Z',
  '2026-02-30T00:00:00Z',
  '2026-01-01T25:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-01T00:00:00+99:99',
  '2026-01-01',
  '+275760-09-13T00:00:00Z',
];

export const nastyTexts: readonly string[] = [
  ...nastyCharacters,
  '',
  ' ',
  '𝒳'.repeat(300),
  'x'.repeat(5_000),
  'x'.repeat(100_000),
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-1',
  '1e3',
  '%',
  '%00',
  '%zz',
  '../..',
  '*',
  "'; drop table stores; --",
  'http://[::1',
  'javascript:alert(1)',
  'mem_store_00000000000000000000000000',
  'conv_conversation_7zzzzzzzzzzzzzzzzzzzzzzzzz',
];

const nastyNumbers: readonly number[] = [0, -0, -1, 1.5, 1e308, 5e-324, 2 ** 31, 2 ** 53, -(2 ** 63)];

const nastyValues: readonly unknown[] = [
  null,
  true,
  false,
  ...nastyNumbers,
  [],
  {},
  [null],
  [[]],
  { '': '' },
  { length: 1e9 },
  // biome-ignore lint/suspicious/noThenProperty: somebody will send it, and the server awaits things.
  { then: 'x' },
];

const repetitions = 200;

/** A value of the same type as another one, and worse; `pick` says which. Undefined when there is none. */
export function worseThan(value: unknown, pick: number): unknown {
  const from = (values: readonly unknown[]) => values[pick % values.length];
  if (typeof value === 'number') return from(nastyNumbers);
  if (Array.isArray(value)) return Array.from({ length: pick % repetitions }, () => value[0] ?? null);
  if (typeof value !== 'string') return undefined;
  if (/^\d{4}-\d\d-\d\dT/.test(value)) return from(nastyTimes);
  // Every other text keeps what it was: rules look at it before storage does.
  return pick % 2 === 0 ? `${value}${from(nastyCharacters)}` : from(nastyTexts);
}

/** A value that somebody will send one day, of any type. */
export function nastyValue(): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...nastyValues) },
    { weight: 4, arbitrary: fc.constantFrom(...nastyTexts) },
    { weight: 1, arbitrary: fc.constant('deep').map(nested) },
    { weight: 1, arbitrary: fc.constant('inherited').map(inherited) },
    { weight: 2, arbitrary: fc.jsonValue() },
    { weight: 2, arbitrary: texts({ unit: 'binary', maxLength: 20 }) },
  );
}
