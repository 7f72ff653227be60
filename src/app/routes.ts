import type { Route } from '../http/index.ts';
import { type CommunicationSource, memoryRoutes } from '../memory/index.ts';
import { operationRoutes } from '../operations/index.ts';
import type { Context } from '../runtime/context.ts';
import { unbuiltRoutes } from './unbuilt.routes.ts';

/** Every endpoint of the public APIs. */
export function apiRoutes(context: Context): Route[] {
  const communicationSource: CommunicationSource = { latest: async () => [] };
  return [...operationRoutes(context), ...memoryRoutes(context, communicationSource), ...unbuiltRoutes()];
}
