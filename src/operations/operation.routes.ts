import Type from 'typebox';
import { errors } from '../errors/index.ts';
import { errorKeyword, type Route, route } from '../http/index.ts';
import type { Context } from '../runtime/context.ts';
import { findOperation } from './operation.ts';
import {
  ConversationsOperationStatus,
  conversationsOperationStatus,
  MemoryOperationStatus,
  memoryOperationStatus,
} from './operation.wire.ts';

const MemoryOperationPath = Type.Object({
  operationId: Type.String({
    pattern: '^mem_operation_[0-7][0-9a-z]{25}$',
    [errorKeyword]: 'malformedOperationId',
  }),
});

export function operationRoutes({ db }: Pick<Context, 'db'>): Route[] {
  return [
    route({
      operation: 'FetchOperation',
      surface: 'memoryControl',
      method: 'GET',
      path: '/v1/ControlPlane/Operations/:operationId',
      summary: 'Read the status of an asynchronous control-plane write',
      params: MemoryOperationPath,
      replies: { 200: MemoryOperationStatus },
      handle: async ({ account, params, origin }) => {
        const operation = await findOperation(db.reader, {
          accountId: account.id,
          id: params.operationId,
          api: 'memory',
        });
        if (!operation) throw errors.notFound('Operation', params.operationId);
        return memoryOperationStatus(operation, origin);
      },
    }),
    route({
      operation: 'FetchOperationStatus',
      surface: 'conversations',
      method: 'GET',
      path: '/v2/ControlPlane/Operations/:id',
      summary: 'Poll a long-running operation',
      params: Type.Object({ id: Type.String() }),
      replies: { 200: ConversationsOperationStatus },
      handle: async ({ account, params, origin }) => {
        const operation = await findOperation(db.reader, {
          accountId: account.id,
          id: params.id,
          api: 'conversations',
        });
        if (!operation) throw errors.notFound('Operation', params.id);
        return conversationsOperationStatus(operation, origin);
      },
    }),
  ];
}
