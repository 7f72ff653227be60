import { readFileSync } from 'node:fs';
import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';

const packageFile = new URL('../../package.json', import.meta.url);

/** The version of the package, as banners and documents show it. */
export const version: string = (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version;

/** Collects the schemas of all routes; `GET /openapi.json` serves the document. */
export function addOpenApi(
  app: FastifyInstance,
  plugin: FastifyPluginCallback<FastifyDynamicSwaggerOptions>,
): void {
  app.register(plugin, {
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
      components: { securitySchemes: { basicAuth: { type: 'http', scheme: 'basic' } } },
      security: [{ basicAuth: [] }],
    },
  });
}
