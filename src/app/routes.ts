import { communicationSource, conversationsRoutes, profileMentions } from '../conversations/index.ts';
import type { Route } from '../http/index.ts';
import { memoryRoutes } from '../memory/index.ts';
import { operationRoutes } from '../operations/index.ts';
import type { Context } from '../runtime/context.ts';
import { unbuiltRoutes } from './unbuilt.routes.ts';

/** Every endpoint of the public APIs. */
export function apiRoutes(context: Context): Route[] {
  return [
    ...operationRoutes(context),
    ...memoryRoutes(context, { communications: communicationSource, mentions: profileMentions }),
    ...conversationsRoutes(context),
    ...unbuiltRoutes(),
  ];
}
