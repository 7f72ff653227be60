import Type from 'typebox';
import { errors, type Surface } from '../errors/index.ts';
import { type Route, route } from '../http/index.ts';

type Method = Route['method'];

const conversation = '/v2/Conversations/:conversationId';

/** Operations of the public APIs that this version does not have. The README lists them too. */
const unbuilt: readonly (readonly [operation: string, surface: Surface, method: Method, path: string])[] = [
  ['CreateConversationAction', 'conversations', 'POST', `${conversation}/Actions`],
  ['FetchConversationAction', 'conversations', 'GET', `${conversation}/Actions/:actionId`],
];

/** Answers each of them with 501 and its name, so that nobody takes a missing operation for a missing resource. */
export function unbuiltRoutes(): Route[] {
  return unbuilt.map(([operation, surface, method, path]) =>
    route({
      operation,
      surface,
      method,
      path,
      summary: `${operation}: not in this version`,
      isHidden: true,
      replies: { 200: Type.Object({}) },
      handle: async () => {
        throw errors.notBuilt(operation);
      },
    }),
  );
}
