import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { ApiError, type ErrorName, errors, type FieldError } from '../errors/index.ts';
import { parseTimestamp } from './timestamps.ts';

/** Where in a request a schema applies; it prefixes nothing but the reason a value was refused. */
type Part = 'body' | 'querystring' | 'params' | 'headers';

/** In a schema: the catalogue entry for a value that it refuses, where that is not plain `invalidRequest`. */
export const errorKeyword = 'x-error';

const fieldsMax = 20;

function createAjv(coerceTypes: boolean): Ajv {
  const ajv = new Ajv({
    coerceTypes,
    useDefaults: false,
    removeAdditional: false,
    allErrors: false,
    strict: false,
    // Infinity, which 1e400 is read as, has no form in JSON.
    strictNumbers: true,
    // Discriminated unions report the branch that the caller meant.
    discriminator: true,
    // Errors carry their schema, which may name the catalogue entry to answer with.
    verbose: true,
  });
  // The package is CommonJS with a default export.
  (addFormats as unknown as typeof addFormats.default)(ajv, ['uri', 'date-time']);
  ajv.addFormat('date-time', { type: 'string', validate: (text) => parseTimestamp(text) !== undefined });
  return ajv;
}

const strictAjv = createAjv(false);
/** Query and path values arrive as text. */
const coercingAjv = createAjv(true);

export function compileValidator(schema: object, part: Part): ValidateFunction {
  return (part === 'body' ? strictAjv : coercingAjv).compile(schema);
}

/** The catalogue's error for a value that a schema refused. Values are never repeated: they may be somebody's data. */
export function toValidationError(found: readonly ErrorObject[], part: string): Error {
  const fields = found.slice(0, fieldsMax).map(toField);
  const first = fields[0];
  if (!first) return errors.invalidRequest(`The ${part} is not valid.`);
  const name = first.pointer.slice(1).replaceAll('/', '.') || part;
  const kind = (found[0]?.parentSchema as { [errorKeyword]?: ErrorName } | undefined)?.[errorKeyword];
  if (kind) return new ApiError(kind, `${name}: ${first.detail}`, { fields });
  return errors.invalidRequest(`${name}: ${first.detail}`, fields);
}

function toField(error: ErrorObject): FieldError {
  const parameters: Record<string, unknown> = error.params;
  switch (error.keyword) {
    case 'required':
      return {
        pointer: `${error.instancePath}/${String(parameters['missingProperty'])}`,
        detail: 'must not be null',
      };
    case 'additionalProperties':
      return {
        pointer: `${error.instancePath}/${String(parameters['additionalProperty'])}`,
        detail: 'is not a known member',
      };
    case 'enum':
      return {
        pointer: error.instancePath,
        detail: `must be one of ${JSON.stringify(parameters['allowedValues'])}`,
      };
    case 'const':
      return { pointer: error.instancePath, detail: `must be ${JSON.stringify(parameters['allowedValue'])}` };
    case 'propertyNames':
      return {
        pointer: `${error.instancePath}/${String(parameters['propertyName'])}`,
        detail: 'is not a possible name',
      };
    default:
      return { pointer: error.instancePath, detail: error.message ?? 'is not valid' };
  }
}
