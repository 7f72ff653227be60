import fc from 'fast-check';
import { brokenValue } from './broken-values.ts';
import { nastyTexts, nastyValue } from './nasty-values.ts';
import type { Resolve, Schema } from './schema.ts';
import { texts } from './texts.ts';
import { type ValueSource, validValue } from './valid-values.ts';
import type { World } from './world.ts';

/** One operation of a document, with all that a request to it can be made of. */
export interface Target {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | undefined;
  /** The body is a form rather than JSON. */
  readonly isForm: boolean;
  readonly resolve: Resolve;
}

export interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema?: Schema;
}

/** A request, ready to be sent. */
export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** It names a resource of another account in its path. */
  readonly isForeign: boolean;
}

/** Requests to an operation: about half are as its document wants them, on resources that exist; the others are not. */
export function fuzzRequest(target: Target, own: World, other: World): fc.Arbitrary<FuzzRequest> {
  const source = { resolve: target.resolve, known: own.known };
  const proper = {
    path: properPath(target, own),
    query: properQuery(target, source),
    body: properBody(target, source),
  };
  const odd = {
    path: oddPath(target, own, other),
    query: oddQuery(target, source),
    body: oddBody(target, source),
  };
  const parts = (path: fc.Arbitrary<PathPart>, query: fc.Arbitrary<Query>, body: fc.Arbitrary<BodyPart>) =>
    fc.tuple(path, query, body).map(([...part]) => toRequest(target, ...part));
  return fc.oneof(
    { weight: 5, arbitrary: parts(proper.path, proper.query, proper.body) },
    { weight: 1, arbitrary: parts(foreignPath(target, other), proper.query, proper.body) },
    { weight: 1, arbitrary: parts(odd.path, proper.query, proper.body) },
    { weight: 1, arbitrary: parts(proper.path, odd.query, proper.body) },
    { weight: target.body ? 4 : 1, arbitrary: parts(proper.path, proper.query, odd.body) },
    { weight: 1, arbitrary: parts(odd.path, odd.query, odd.body) },
  );
}

interface PathPart {
  readonly text: string;
  readonly isForeign: boolean;
}
type Query = readonly (readonly [name: string, value: string])[];
interface BodyPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

function toRequest(
  { method }: Target,
  { text, isForeign }: PathPart,
  query: Query,
  body: BodyPart,
): FuzzRequest {
  const pairs = query.map(([name, value]) => new URLSearchParams([[name, value]]).toString());
  const search = pairs.reduce(
    (all, pair) => (all.length + pair.length > searchLengthMax ? all : `${all}&${pair}`),
    '',
  );
  return { method, path: search ? `${text}?${search.slice(1)}` : text, isForeign, ...body };
}

/** Node refuses a request line with headers over 16 KiB; another suite sends one. */
const searchLengthMax = 6_000;
const segmentLengthMax = 3_000;

/** Ids of the resource that a path parameter stands for, by the segment before it. */
function idsAt(path: string, parameter: string, { ids }: World): readonly string[] {
  const segment = path.split('/').find((_, at, segments) => segments[at + 1] === `{${parameter}}`) ?? '';
  return ids[segment] ?? ids[`${path.split('/')[1]} ${segment}`] ?? [];
}

function pathOf(target: Target, valueFor: (name: string) => fc.Arbitrary<PathPart>): fc.Arbitrary<PathPart> {
  const names = [...target.path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
  return fc.tuple(...names.map(valueFor)).map((values) => ({
    text: names.reduce(
      (path, name, at) => path.replace(`{${name}}`, () => values[at]?.text ?? ''),
      target.path,
    ),
    isForeign: values.some(({ isForeign }) => isForeign),
  }));
}

function properPath(target: Target, own: World): fc.Arbitrary<PathPart> {
  return pathOf(target, (name) => idIn(own, target.path, name));
}

/** A whole path of another account. */
function foreignPath(target: Target, other: World): fc.Arbitrary<PathPart> {
  return pathOf(target, (name) => foreignId(other, target.path, name));
}

/** Some ids are those of another account, some unknown, some no ids at all. */
function oddPath(target: Target, own: World, other: World): fc.Arbitrary<PathPart> {
  return pathOf(target, (name) =>
    fc.oneof(
      { weight: 4, arbitrary: idIn(own, target.path, name) },
      { weight: 2, arbitrary: foreignId(other, target.path, name) },
      { weight: 2, arbitrary: noId() },
      { weight: 1, arbitrary: idIn(own, target.path, name).map(toUnknown) },
    ),
  );
}

function idIn(world: World, path: string, name: string): fc.Arbitrary<PathPart> {
  return anyOf(idsAt(path, name, world)).map((text) => ({ text, isForeign: false }));
}

function foreignId(other: World, path: string, name: string): fc.Arbitrary<PathPart> {
  // Trait groups and identifiers are called the same in every account.
  return idIn(other, path, name).map(({ text }) => ({ text, isForeign: text.length > 20 }));
}

function noId(): fc.Arbitrary<PathPart> {
  return (
    fc
      .oneof(fc.constantFrom(...nastyTexts), texts({ unit: 'grapheme', minLength: 1 }))
      .map((text) => encodeURIComponent(text.toWellFormed()))
      // These would lead to another path; an empty segment would, too.
      .filter((text) => text !== '' && text !== '.' && text !== '..' && text.length < segmentLengthMax)
      .map((text) => ({ text, isForeign: false }))
  );
}

function toUnknown({ text }: PathPart): PathPart {
  return { text: `${text.slice(0, -10)}${'0'.repeat(10)}`, isForeign: false };
}

function anyOf(values: readonly string[]): fc.Arbitrary<string> {
  return values.length > 0
    ? fc.constantFrom(...values)
    : fc.constant('mem_unknown_00000000000000000000000000');
}

function properQuery({ parameters }: Target, source: ValueSource): fc.Arbitrary<Query> {
  const named = parameters.filter((parameter) => parameter.in === 'query' && parameter.name !== 'pageToken');
  return queryOf(named, ({ name, schema = {} }) => {
    const bySchema = validValue(schema, source);
    const known = source.known[name];
    return known ? fc.oneof(fc.constantFrom(...known), bySchema) : bySchema;
  });
}

function oddQuery({ parameters }: Target, source: ValueSource): fc.Arbitrary<Query> {
  const named = parameters.filter((parameter) => parameter.in === 'query');
  const stray = { name: 'Page', in: 'query' } as const;
  return queryOf([...named, ...named, stray], ({ schema = {} }) =>
    fc.oneof(nastyValue(), validValue(schema, source)),
  );
}

function queryOf(
  parameters: readonly Parameter[],
  valueFor: (parameter: Parameter) => fc.Arbitrary<unknown>,
): fc.Arbitrary<Query> {
  const one = (parameter: Parameter) =>
    fc
      .option(valueFor(parameter))
      .map((value) =>
        (Array.isArray(value) ? value : [value])
          .filter((item) => item !== null)
          .map((item) => [parameter.name, toText(item)] as const),
      );
  return fc.tuple(...parameters.map(one)).map((all) => all.flat());
}

const queryTextMax = 2_000;

function toText(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.slice(0, queryTextMax);
}

const json = { 'Content-Type': 'application/json' };

const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

function properBody({ body, isForm }: Target, source: ValueSource): fc.Arbitrary<BodyPart> {
  if (!body) return fc.constant({ headers: {} });
  if (isForm) return validValue(body, source).map((value) => ({ headers: form, body: toForm(value) }));
  return validValue(body, source).map((value) => ({ headers: json, body: JSON.stringify(value) }));
}

/** Members of an object as parameters; a list is a parameter that is repeated. */
function toForm(value: unknown): string {
  const pairs = Object.entries({ ...(value as object) }).flatMap(([name, member]) =>
    (Array.isArray(member) ? member : [member]).map((item): [string, string] => [name, toText(item ?? '')]),
  );
  return new URLSearchParams(pairs).toString();
}

const notJson: readonly string[] = [
  '',
  ' ',
  '{',
  'null',
  'true',
  '1e999',
  '"text"',
  '[]',
  '{"a":1,"a":2}',
  '{"__proto__":null}',
  '\ufeff{}',
  '{}{}',
  "{'a':1}",
  '{"a":"\t"}',
  '['.repeat(50_000),
  '[{"":'.repeat(10_000),
  'a=b&c=d',
];

function oddBody({ method, body, isForm }: Target, source: ValueSource): fc.Arbitrary<BodyPart> {
  // Clients have no way to send a body with GET.
  if (method === 'GET') return oddHeaders().map((headers) => ({ headers }));
  const broken = brokenValue(validValue(body ?? {}, source));
  if (isForm) return oddForm(broken);
  const damaged = broken.map((value) => JSON.stringify(value) ?? '');
  const types = [
    'application/json; charset=utf-8',
    'application/json;charset=latin1',
    'text/plain',
    'multipart/form-data',
    'x',
  ];
  return fc.oneof(
    { weight: 8, arbitrary: damaged.map((text) => ({ headers: json, body: text })) },
    { weight: 2, arbitrary: fc.constantFrom(...notJson).map((text) => ({ headers: json, body: text })) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(damaged, fc.constantFrom(...types))
        .map(([text, type]) => ({ headers: { 'Content-Type': type }, body: text })),
    },
    { weight: 1, arbitrary: oddHeaders().map((headers) => ({ headers })) },
  );
}

const notForms: readonly string[] = [
  '',
  '&',
  '=',
  '%',
  '%ff=%',
  '+',
  '{}',
  'a=%00',
  '&'.repeat(50_000),
  'a=1&'.repeat(2_000),
];

function oddForm(broken: fc.Arbitrary<unknown>): fc.Arbitrary<BodyPart> {
  const texts = fc.oneof(broken.map(toForm), fc.constantFrom(...notForms));
  return fc.tuple(texts, fc.constantFrom(form, form, json)).map(([body, headers]) => ({ headers, body }));
}

function oddHeaders(): fc.Arbitrary<Record<string, string>> {
  const text = texts({ maxLength: 60 }).map((value) => value.trim());
  return fc.record(
    { 'If-Match': text, 'Idempotency-Key': text, 'Accept-Encoding': text, Accept: text },
    { requiredKeys: [] },
  );
}
