import type { FastifySchema } from 'fastify';
import { formType } from './form.ts';
import type { Route } from './route.ts';

/** What Fastify and the OpenAPI document are told of a route. */
export function toSchema({
  operation,
  summary,
  surface,
  params,
  query,
  body,
  replies,
  access,
  bodyAs,
  replyType,
  isHidden = false,
}: Route): FastifySchema {
  return {
    hide: isHidden,
    operationId: operation,
    summary,
    tags: [surface],
    ...(access === 'none' ? { security: [] } : {}),
    ...(access === 'signed' ? { security: [{ basicAuth: [] }, { signature: [] }] } : {}),
    ...(bodyAs === 'form' ? { consumes: [formType] } : {}),
    ...(params ? { params } : {}),
    ...(query ? { querystring: query } : {}),
    ...(body ? { body } : {}),
    ...(replyType ? { produces: [replyType] } : {}),
    response: replies,
  };
}
