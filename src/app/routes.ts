import { communicationSource, conversationsRoutes, profileMentions } from '../conversations/index.ts';
import { eventRoutes } from '../events/index.ts';
import type { Route } from '../http/index.ts';
import { memoryRoutes, type QueryVectors } from '../memory/index.ts';
import { operationRoutes } from '../operations/index.ts';
import type { Context } from '../runtime/context.ts';
import { outboxRoutes } from '../senders/index.ts';

/** Every endpoint of the public APIs. */
export function apiRoutes(context: Context, queryVectors?: QueryVectors): Route[] {
  return [
    ...operationRoutes(context),
    ...memoryRoutes(context, {
      communications: communicationSource,
      mentions: profileMentions(context),
      queryVectors,
    }),
    ...conversationsRoutes(context),
    ...eventRoutes(context),
    ...outboxRoutes(context),
  ];
}
