import fastJson from 'fast-json-stringify';

type Serialize = (body: unknown) => string;

const serializers = new WeakMap<object, Serialize>();

/**
 * Writes replies of a schema as JSON. Compiled at the first reply, and once for all servers of the process: of hundreds of
 * serializers, which together take longer than the rest of a start, most servers use a few.
 */
export function toSerializer(schema: object): Serialize {
  return (body) => serializerOf(schema)(body);
}

function serializerOf(schema: object): Serialize {
  const known = serializers.get(schema);
  if (known) return known;
  const compiled = fastJson(schema);
  serializers.set(schema, compiled);
  return compiled;
}
