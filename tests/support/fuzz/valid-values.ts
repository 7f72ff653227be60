import fc from 'fast-check';
import { nobodysUrl } from '../callback-receiver.ts';
import type { Resolve, Schema } from './schema.ts';
import { texts } from './texts.ts';

/** What makes generated values meet the data that is there. */
export interface ValueSource {
  readonly resolve: Resolve;
  /** Values that fit members of a name; they are preferred to what the schema alone gives. */
  readonly known: Readonly<Record<string, readonly unknown[]>>;
}

const depthMax = 6;
const textLengthMax = 40;
/** Of the longest texts that are tried, where a schema allows more. */
const longTextLength = 10_000;
const itemsMax = 4;
const membersMax = 3;
const earliest = new Date('1990-01-01T00:00:00Z');
const latest = new Date('2090-01-01T00:00:00Z');

/** Values that a schema allows: not all there could be, but all kinds of them. */
export function validValue(schema: Schema, source: ValueSource, depth = 0): fc.Arbitrary<unknown> {
  const { $ref, const: constant, enum: values, allOf, if: condition, then, else: otherwise } = schema;
  const again = (one: Schema) => validValue(one, source, depth + 1);
  if ($ref) return again(source.resolve(schema));
  if (constant !== undefined) return fc.constant(constant);
  if (values) return fc.constantFrom(...values);
  if (condition) return fc.oneof(again(then ?? {}), again(otherwise ?? {}));
  if (allOf) return again(merged(allOf.map(source.resolve)));
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return fc.oneof(...alternatives.map(again));
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [impliedType(schema)]);
  return fc.oneof(...types.map((type) => validOfType(type, schema, source, depth)));
}

function impliedType({ properties, items, pattern, minimum }: Schema): string {
  if (properties) return 'object';
  if (items) return 'array';
  if (pattern) return 'string';
  return minimum === undefined ? 'any' : 'number';
}

function merged(parts: readonly Schema[]): Schema {
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  };
}

function validOfType(
  type: string,
  schema: Schema,
  source: ValueSource,
  depth: number,
): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return validText(schema);
    case 'integer':
      return fc.integer(bounds(schema, 1_000));
    case 'number':
      return fc.double({ ...bounds(schema, 1e6), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return validArray(schema, source, depth);
    case 'object':
      return validObject(schema, source, depth);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function bounds({ minimum = 0, maximum }: Schema, spread: number): { min: number; max: number } {
  return { min: minimum, max: maximum ?? minimum + spread };
}

function validText({ format, pattern, minLength = 0, maxLength }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time') return validTime();
  if (format === 'uri') return fc.constantFrom(nobodysUrl, `${nobodysUrl}?a=b%20c`);
  if (pattern) {
    const matching = fc.stringMatching(new RegExp(pattern), { size: 'small' });
    return matching.map((text) => [...text].slice(0, maxLength).join(''));
  }
  const max = Math.max(minLength, Math.min(maxLength ?? textLengthMax, textLengthMax));
  return fc.oneof(
    { weight: 3, arbitrary: texts({ minLength, maxLength: max }) },
    { weight: 3, arbitrary: texts({ unit: 'grapheme', minLength, maxLength: max }) },
    { weight: 1, arbitrary: texts({ unit: 'binary', minLength, maxLength: max }) },
    { weight: 1, arbitrary: fc.constant('x'.repeat(Math.min(maxLength ?? max, longTextLength))) },
  );
}

function validTime(): fc.Arbitrary<string> {
  const offsets = ['Z', 'z', '+00:00', '-11:30', '+14:00'];
  return fc
    .tuple(fc.date({ min: earliest, max: latest, noInvalidDate: true }), fc.constantFrom(...offsets))
    .map(([date, offset]) => date.toISOString().replace('Z', offset));
}

function validArray(schema: Schema, source: ValueSource, depth: number): fc.Arbitrary<unknown> {
  const { items = {}, minItems = 0, maxItems = itemsMax } = schema;
  if (depth > depthMax) return fc.constant([]);
  const maxLength = Math.max(minItems, Math.min(maxItems, itemsMax));
  return fc.array(validValue(items, source, depth + 1), { minLength: minItems, maxLength });
}

function validObject(schema: Schema, source: ValueSource, depth: number): fc.Arbitrary<unknown> {
  const { properties = {}, required = [] } = schema;
  const members = Object.entries(properties).filter(([name]) => depth <= depthMax || required.includes(name));
  const record = fc.record(
    Object.fromEntries(members.map(([name, member]) => [name, validMember(name, member, source, depth)])),
    { requiredKeys: [...required] },
  );
  return fc
    .tuple(record, otherMembers(schema, source, depth))
    .map(([own, others]) => ({ ...others, ...own }));
}

function validMember(
  name: string,
  schema: Schema,
  source: ValueSource,
  depth: number,
): fc.Arbitrary<unknown> {
  const bySchema = validValue(schema, source, depth + 1);
  const known = source.known[name];
  if (!known) return bySchema;
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: bySchema });
}

/** Members whose names the schema leaves open. */
function otherMembers(
  { additionalProperties, patternProperties = {}, propertyNames = {}, maxProperties = membersMax }: Schema,
  source: ValueSource,
  depth: number,
): fc.Arbitrary<object> {
  const [[pattern, byPattern] = []] = Object.entries(patternProperties);
  const member = typeof additionalProperties === 'object' ? additionalProperties : byPattern;
  if (!member || depth > depthMax) return fc.constant({});
  const names = validValue({ type: 'string', ...(pattern ? { pattern } : {}), ...propertyNames }, source);
  // Schemas of names allow texts only.
  return fc.dictionary(names as fc.Arbitrary<string>, validValue(member, source, depth + 1), {
    maxKeys: Math.min(maxProperties, membersMax),
  });
}
