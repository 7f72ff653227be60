import { readFileSync } from 'node:fs';
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import fastify from 'fastify';
import type { Surface } from '../errors/index.ts';
import { errorResponses, errorSchemas } from './openapi-errors.ts';
import type { Route } from './route.ts';
import { toSchema } from './route-schema.ts';

const packageFile = new URL('../../package.json', import.meta.url);

/** The version of the package, as banners and documents show it. */
export const version: string = (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;

const description: FastifyDynamicSwaggerOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Rapport',
      version,
      description:
        'Customer memory and conversation orchestration: Memory API v1, Conversations API v2 and Rapport’s own routes.',
    },
    tags: [
      { name: 'memoryControl', description: 'Memory API v1, control plane' },
      { name: 'memoryData', description: 'Memory API v1, data plane' },
      { name: 'conversations', description: 'Conversations API v2' },
      { name: 'rapport', description: 'Rapport’s own routes' },
    ],
    components: {
      securitySchemes: {
        basicAuth: { type: 'http', scheme: 'basic' },
        signature: { type: 'apiKey', in: 'header', name: 'X-Twilio-Signature' },
      },
    },
    security: [{ basicAuth: [] }],
  },
  transformObject: (document) =>
    'openapiObject' in document ? withErrors(document.openapiObject) : document.swaggerObject,
};

/**
 * The OpenAPI document of these routes, which `GET /openapi.json` serves. Worked out on an app that never
 * listens, once somebody asks for it: few do, and what writes it is large.
 */
export async function describeRoutes(routes: readonly Route[]): Promise<object> {
  const { default: swagger } = await import('@fastify/swagger');
  await using app = fastify({ exposeHeadRoutes: false });
  await app.register(swagger, description);
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => String);
  for (const route of routes) {
    app.route({ method: route.method, url: route.path, schema: toSchema(route), handler: () => undefined });
  }
  await app.ready();
  return app.swagger();
}

interface Operation {
  readonly tags?: readonly string[];
  readonly responses?: object;
}

/** Adds to each operation what it answers when it doesn't succeed; routes declare their successes only. */
function withErrors<Document extends { paths?: object; components?: object }>(document: Document): Document {
  // Paths here hold nothing but operations, tagged with their surface by `createHttpApp`.
  const paths = Object.entries((document.paths ?? {}) as Record<string, Record<string, Operation>>);
  return {
    ...document,
    components: { ...document.components, schemas: errorSchemas },
    paths: Object.fromEntries(
      paths.map(([path, item]) => [
        path,
        Object.fromEntries(
          Object.entries(item).map(([method, value]) => [method, withErrorResponses(value)]),
        ),
      ]),
    ),
  };
}

function withErrorResponses(operation: Operation): Operation {
  const surface = (operation.tags?.[0] ?? 'rapport') as Surface;
  return { ...operation, responses: { ...operation.responses, ...errorResponses(surface) } };
}
