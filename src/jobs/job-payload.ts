import { Ajv, type ValidateFunction } from 'ajv';
import type { Static, TSchema } from 'typebox';

// The schemas are our own; a check that they are schemas would be compiled at each start.
const ajv = new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });

/** Reads the payloads of a job; throws on one that its schema refuses. The check is compiled when the first one comes. */
export function payloadReader<Payload extends TSchema>(
  schema: Payload,
): (payload: unknown) => Static<Payload> {
  let check: ValidateFunction<Static<Payload>> | undefined;
  return (payload) => {
    check ??= ajv.compile<Static<Payload>>(schema);
    if (check(payload)) return payload;
    // What Ajv says of an error names the schema and never the value.
    throw new Error(`The payload is not what the job declares: ${ajv.errorsText(check.errors)}`);
  };
}
