import type { Compilable, CompiledQuery, RootOperationNode } from 'kysely';
import type { Reader } from './database.ts';

/** What a prepared query is given: texts, and lists of texts. */
type Values = Readonly<Record<string, string | readonly string[]>>;

/** The text of a query, and where each of its parameters comes from: a value by name, or what is the same in every call. */
interface Prepared {
  readonly query: CompiledQuery;
  readonly sources: readonly ((values: Values) => unknown)[];
}

/** Longer lists are the rare ones of long pages, whose query is built each time rather than remembered for every length. */
const rememberedLengthMax = 32;

/** No text that is stored or asked for holds this character, so a parameter that begins with it is one of ours. */
const mark = '\0';

/**
 * A query that is built once for each database and length of its lists, and from then on only given other values: the builder
 * takes longer than SQLite does. `build` must use each value as it is.
 *
 * @example
 * const findPets = prepared((reader, { owner, names }: { owner: string; names: readonly string[] }) =>
 *   reader.selectFrom('pets').selectAll().where('owner', '=', owner).where('name', 'in', names),
 * );
 * const rows = await findPets(reader, { owner: 'Dana', names: ['Milo', 'Rex'] });
 */
export function prepared<Given extends Values, Row>(
  build: (reader: Reader, values: Given) => Compilable<Row>,
): (reader: Reader, values: Given) => Promise<Row[]> {
  const known = new WeakMap<object, Map<string, Prepared>>();
  return async (reader, values) => {
    // One of each database; its transactions have the same.
    const { adapter } = reader.getExecutor();
    if (
      Object.values(values).some((value) => typeof value !== 'string' && value.length > rememberedLengthMax)
    ) {
      return (await reader.executeQuery(build(reader, values).compile())).rows;
    }
    const queries = known.get(adapter) ?? new Map<string, Prepared>();
    known.set(adapter, queries);
    const shape = shapeOf(reader, values);
    let found = queries.get(shape);
    if (!found) {
      // Marks are texts and lists of texts, as the values are.
      found = prepare(build(reader, toMarks(values) as Given));
      queries.set(shape, found);
    }
    const parameters = found.sources.map((source) => source(values));
    // The rows are those of the query that was built.
    const { rows } = await reader.executeQuery<Row>({ ...found.query, parameters } as CompiledQuery<Row>);
    return rows;
  };
}

/** On what the text of a query depends: locks are taken in transactions only. */
function shapeOf({ isTransaction }: Reader, values: Values): string {
  let shape = isTransaction ? 'locking' : '';
  for (const value of Object.values(values)) if (typeof value !== 'string') shape += `,${value.length}`;
  return shape;
}

function toMarks(values: Values): Values {
  const marks = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? mark + name : value.map((_, at) => `${mark}${name}${mark}${at}`),
  ]);
  return Object.fromEntries(marks);
}

function prepare(compilable: Compilable): Prepared {
  const query: CompiledQuery & { query: RootOperationNode } = compilable.compile();
  return { query, sources: query.parameters.map(toSource) };
}

function toSource(parameter: unknown): (values: Values) => unknown {
  if (typeof parameter !== 'string' || !parameter.startsWith(mark)) return () => parameter;
  const [name = '', at] = parameter.slice(mark.length).split(mark);
  return at === undefined ? (values) => values[name] : (values) => values[name]?.[Number(at)];
}
