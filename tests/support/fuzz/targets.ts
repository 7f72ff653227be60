import type { OpenApiDocument } from '../contract.ts';
import type { Parameter, Target } from './requests.ts';
import { createResolve, type Schema } from './schema.ts';

/** The parts of an operation that requests are made of. */
interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly $ref?: string;
    readonly content?: Readonly<Record<string, { readonly schema?: Schema }>>;
  };
}

const methods = ['get', 'post', 'put', 'patch', 'delete'];

/** Every operation of a document. */
export function targetsOf(document: OpenApiDocument): Target[] {
  const resolve = createResolve(document);
  return Object.entries(document.paths).flatMap(([path, item]) => {
    // OpenAPI allows parameters beside the methods; they hold for all of them.
    const { parameters: shared = [] } = item as { parameters?: readonly Parameter[] };
    return methods.flatMap((method) => {
      const operation = item[method] as Operation | undefined;
      if (!operation?.operationId) return [];
      const { operationId, parameters = [], requestBody } = operation;
      const content = (requestBody && resolve(requestBody).content) ?? {};
      const formBody = content['application/x-www-form-urlencoded']?.schema;
      return [
        {
          operationId,
          method: method.toUpperCase(),
          path,
          parameters: [...shared, ...parameters].map(resolve),
          body: formBody ?? content['application/json']?.schema,
          isForm: formBody !== undefined,
          resolve,
        },
      ];
    });
  });
}
