import Type, { type TSchema } from 'typebox';
import type { Surface } from '../errors/index.ts';

const common = {
  code: Type.Integer({ description: 'What went wrong; see the page that more_info names.' }),
  message: Type.String({ description: 'What to change.' }),
  more_info: Type.String(),
  status: Type.Integer({ description: 'HTTP status.' }),
};

/** The error body of Memory API v1 and of Rapport's own routes, which is an RFC 9457 problem too. */
const Problem = Type.Object({
  ...common,
  type: Type.String({ format: 'uri' }),
  title: Type.String(),
  detail: Type.String(),
  instance: Type.String({ description: 'Id of the request.' }),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), detail: Type.String() }))),
});

/** The error body of Conversations API v2. */
const ConversationsError = Type.Object({
  ...common,
  httpStatusCode: Type.Integer(),
  userError: Type.Boolean(),
  params: Type.Optional(Type.Record(Type.String(), Type.String())),
});

/** What is answered below a profile that was merged into another. */
const Moved = Type.Object({ message: Type.String(), uri: Type.String({ format: 'uri' }) });

/** Schemas that operations refer to. */
export const errorSchemas: Readonly<Record<string, TSchema>> = { Problem, ConversationsError, Moved };

/** The responses that every operation of an API has beside its successes. */
export function errorResponses(surface: Surface): Record<string, object> {
  const error = surface === 'conversations' ? 'ConversationsError' : 'Problem';
  return {
    ...(surface === 'memoryData' ? { '3XX': response('The profile was merged into another.', 'Moved') } : {}),
    default: response('An error.', error),
  };
}

function response(description: string, schema: string): object {
  return {
    description,
    content: { 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } },
  };
}
