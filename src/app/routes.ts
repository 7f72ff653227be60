import type { Route } from '../http/index.ts';
import { storeRoutes } from '../memory/index.ts';
import { operationRoutes } from '../operations/index.ts';
import type { Context } from '../runtime/context.ts';

/** Every endpoint of the public APIs. */
export function apiRoutes(context: Context): Route[] {
  return [...operationRoutes(context), ...storeRoutes(context)];
}
