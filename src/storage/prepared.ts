import type { Compilable, CompiledQuery, RootOperationNode } from 'kysely';
import type { Reader } from './database.ts';
import { DirectAdapter } from './sqlite/direct-dialect.ts';

/** What a prepared query is given: values of columns, and lists of texts. */
type Value = string | number | null | readonly string[];
type Values<Given> = { readonly [Name in keyof Given]: Value };

/** The text of a query, and where each of its parameters comes from: a value by name, or what is the same in every call. */
interface Prepared {
  readonly query: CompiledQuery;
  readonly sources: readonly ((values: Values<unknown>) => unknown)[];
}

/** Longer lists are the rare ones of long pages, whose query is built each time rather than remembered for every length. */
const rememberedLengthMax = 32;

/** No text that is stored or asked for holds this character, so a parameter that begins with it is one of ours. */
const mark = '\0';

/**
 * A query that is built once for each database and length of its lists, and from then on only given other values: the builder
 * takes longer than SQLite does. `build` must use each value as it is, and be given values of the same names in every call.
 *
 * @example
 * const findPets = prepared((reader, { owner, names }: { owner: string; names: readonly string[] }) =>
 *   reader.selectFrom('pets').selectAll().where('owner', '=', owner).where('name', 'in', names),
 * );
 * const rows = await findPets(reader, { owner: 'Dana', names: ['Milo', 'Rex'] });
 */
export function prepared<Given extends Values<Given>, Row, From extends Reader = Reader>(
  build: (reader: From, values: Given) => Compilable<Row>,
): (reader: From, values: Given) => Promise<Row[]> {
  const known = new WeakMap<object, Map<string, Prepared>>();
  return async (reader, values) => {
    // One of each database; its transactions have the same.
    const { adapter } = reader.getExecutor();
    const shape = shapeOf(reader, values);
    if (shape === undefined) return (await reader.executeQuery(build(reader, values).compile())).rows;
    const queries = known.get(adapter) ?? new Map<string, Prepared>();
    known.set(adapter, queries);
    let found = queries.get(shape);
    if (!found) {
      // Marks are texts and lists of texts, in places where the builder takes any value for a parameter.
      found = prepare(build(reader, toMarks(values) as Given));
      queries.set(shape, found);
    }
    const { query, sources } = found;
    const parameters = sources.map((source) => source(values));
    // The rows are those of the query that was built.
    if (adapter instanceof DirectAdapter) return adapter.run(query.sql, parameters) as Row[];
    return (await reader.executeQuery<Row>({ ...query, parameters } as CompiledQuery<Row>)).rows;
  };
}

/** On what the text of a query depends: locks are taken in transactions only. Undefined with a list that is too long. */
function shapeOf<Given extends Values<Given>>({ isTransaction }: Reader, values: Given): string | undefined {
  let shape = isTransaction ? 'locking' : '';
  for (const name in values) {
    const value: Value = values[name];
    if (!isList(value)) continue;
    if (value.length > rememberedLengthMax) return undefined;
    shape += `,${value.length}`;
  }
  return shape;
}

function isList(value: Value): value is readonly string[] {
  return typeof value === 'object' && value !== null;
}

function toMarks<Given extends Values<Given>>(values: Given): Values<unknown> {
  const marks = Object.entries<Value>(values).map(([name, value]) => [
    name,
    isList(value) ? value.map((_, at) => `${mark}${name}${mark}${at}`) : mark + name,
  ]);
  return Object.fromEntries(marks);
}

function prepare(compilable: Compilable): Prepared {
  const query: CompiledQuery & { query: RootOperationNode } = compilable.compile();
  return { query, sources: query.parameters.map(toSource) };
}

function toSource(parameter: unknown): (values: Values<Record<string, Value>>) => unknown {
  if (typeof parameter !== 'string' || !parameter.startsWith(mark)) return () => parameter;
  const [name = '', at] = parameter.slice(mark.length).split(mark);
  return at === undefined
    ? (values) => values[name]
    : (values) => (values[name] as readonly string[])[Number(at)];
}
