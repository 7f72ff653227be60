import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** One answer of a server, as a client saw it. */
export interface Exchange {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; undefined when there was none. */
  readonly body: unknown;
}

/** An operation of an OpenAPI document. */
export interface ApiOperation {
  readonly operationId: string;
  /** In capitals. */
  readonly method: string;
  /** With `{name}` for path parameters. */
  readonly path: string;
}

/** Something in an answer that its document does not allow. */
export interface Difference {
  /** `status`, the name of a header, or a JSON pointer into the body. */
  readonly at: string;
  readonly value: unknown;
  readonly problem: string;
}

/** An OpenAPI document that answers can be held against. */
export interface Contract {
  readonly operations: readonly ApiOperation[];
  /** The operation that a request addresses; fixed segments win over parameters. */
  find(method: string, url: string): ApiOperation | undefined;
  /** Where an answer differs from what the document declares for its status; empty when it holds. */
  differences(operation: ApiOperation, exchange: Exchange): Difference[];
}

/** The part of OpenAPI that is read here. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}

interface OpenApiOperation {
  readonly operationId?: string;
  readonly responses?: Readonly<Record<string, unknown>>;
}

interface OpenApiResponse {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema?: unknown }>>;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const documentId = 'https://contract.example.com/';

/**
 * Reads an OpenAPI 3.1 document.
 *
 * @param isHeaderNeeded Whether each answer with the status has to carry a header that the document has there.
 */
export function readContract(
  document: OpenApiDocument,
  isHeaderNeeded: (name: string, status: number) => boolean = () => true,
): Contract {
  const operations = listOperations(document);
  const find = createFinder(operations);
  const validatorAt = createValidators(document);
  const responseOf = ({ method, path }: ApiOperation, status: number) => {
    const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {};
    const key = [String(status), `${String(status)[0]}XX`, 'default'].find((name) => name in responses);
    if (key === undefined) return undefined;
    return follow(document, ['paths', path, method.toLowerCase(), 'responses', key]);
  };
  return {
    operations,
    find,
    differences: (operation, exchange) => {
      const response = responseOf(operation, exchange.status);
      if (!response) return [{ at: 'status', value: exchange.status, problem: 'is not declared' }];
      const { value, pointer } = response;
      // `follow` found it where the document has a response.
      const { headers = {}, content = {} } = value as OpenApiResponse;
      const missing = Object.keys(headers).filter(
        (name) => isHeaderNeeded(name, exchange.status) && !exchange.headers.has(name),
      );
      return [
        ...missing.map((name) => ({ at: name, value: undefined, problem: 'is missing' })),
        ...Object.keys(headers).flatMap((name) =>
          headerDifferences(validatorAt, document, [...pointer, 'headers', name], exchange.headers.get(name)),
        ),
        ...(content['application/json']?.schema
          ? problems(
              validatorAt([...pointer, 'content', 'application/json', 'schema']),
              exchange.body,
              (path) => path,
            )
          : []),
      ];
    },
  };
}

function listOperations(document: OpenApiDocument): ApiOperation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operationId = item[method]?.operationId;
      return operationId ? [{ operationId, method: method.toUpperCase(), path }] : [];
    }),
  );
}

function createFinder(operations: readonly ApiOperation[]): Contract['find'] {
  const candidates = operations
    .map((operation) => ({ operation, pattern: patternOf(operation.path) }))
    .toSorted((one, other) => parameterCount(one.operation.path) - parameterCount(other.operation.path));
  return (method, url) => {
    const path = url.split('?')[0] ?? '';
    const isMeant = ({ operation, pattern }: (typeof candidates)[number]) =>
      operation.method === method.toUpperCase() && pattern.test(path);
    return candidates.find(isMeant)?.operation;
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

function parameterCount(path: string): number {
  return path.split('{').length;
}

type Pointer = readonly string[];
type ValidatorAt = (pointer: Pointer) => ValidateFunction;

/** Compiles each schema at its first use: a document has hundreds, a test file meets a few. */
function createValidators(document: OpenApiDocument): ValidatorAt {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true, verbose: true });
  // The package is CommonJS with a default export.
  (addFormats as unknown as typeof addFormats.default)(ajv);
  ajv.addSchema(document, documentId);
  return (pointer) => {
    const reference = `${documentId}#/${pointer.map(escapePointer).join('/')}`;
    return ajv.getSchema(reference) ?? ajv.compile({ $ref: reference });
  };
}

function escapePointer(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** What stands at a place of the document, and where it really stands when that place refers to another. */
function follow(document: unknown, pointer: Pointer): { value: unknown; pointer: Pointer } {
  const value = pointer.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
  const reference = (value as { $ref?: string }).$ref;
  return reference ? follow(document, reference.slice('#/'.length).split('/')) : { value, pointer };
}

function headerDifferences(
  validatorAt: ValidatorAt,
  document: unknown,
  at: Pointer,
  text: string | null,
): Difference[] {
  if (text === null) return [];
  const { value, pointer } = follow(document, at);
  const { schema } = value as { schema?: { type?: string } };
  if (!schema) return [];
  const sent = schema.type === 'integer' ? Number(text) : text;
  return problems(validatorAt([...pointer, 'schema']), sent, () => at.at(-1) ?? '');
}

function problems(
  validate: ValidateFunction,
  value: unknown,
  placeOf: (instancePath: string) => string,
): Difference[] {
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params, data }) => ({
    at: placeOf(instancePath),
    value: data,
    problem: `${message} ${JSON.stringify(params)}`,
  }));
}
