import type { ValidateFunction } from 'ajv';
import type { Reply, Route } from './route.ts';
import { compileValidator } from './validation.ts';

/** By the schema of the reply; of those of all routes, a test asks for a few. */
const validators = new WeakMap<object, ValidateFunction>();

/** Throws when a route answers with what it does not declare. */
export function checkReply({ operation, replies }: Route, { status, body }: Reply): void {
  const schema = replies[status];
  if (!schema) throw new Error(`${operation} answered ${status}, which it does not declare`);
  const validate = validatorOf(schema);
  // What goes out is what JSON makes of it: undefined members are absent.
  if (!validate(JSON.parse(JSON.stringify(body))))
    throw new Error(`${operation} answered ${status} outside its schema: ${JSON.stringify(validate.errors)}`);
}

function validatorOf(schema: object): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  // A copy of an object is one.
  const compiled = compileValidator(closed(schema) as object, 'body');
  validators.set(schema, compiled);
  return compiled;
}

/** The schema with every object closed, so that a member nobody declared is found by a test rather than dropped in silence. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, closed(value)]),
  );
  if (
    copy['type'] === 'object' &&
    copy['properties'] &&
    copy['additionalProperties'] === undefined &&
    !copy['patternProperties']
  ) {
    copy['additionalProperties'] = false;
  }
  return copy;
}
