import { ok, type Route, route, toPageBody, toPageRequest } from '../../http/index.ts';
import {
  ConversationsOperationAccepted,
  conversationsOperationAccepted,
  readIdempotency,
} from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { listConfigurationRows } from './configuration.store.ts';
import {
  createConfiguration,
  deleteConfiguration,
  getConfiguration,
  patchConfiguration,
  replaceConfiguration,
} from './configuration.ts';
import {
  ConfigurationCreate,
  ConfigurationList,
  ConfigurationPatch,
  ConfigurationPath,
  ConfigurationQuery,
  ConfigurationReplace,
  ConfigurationReply,
  configurationList,
  toWire,
} from './configuration.wire.ts';

const collection = '/v2/ControlPlane/Configurations';
const item = `${collection}/:id`;

export function configurationRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'ListConfiguration',
      surface: 'conversations',
      method: 'GET',
      path: collection,
      summary: 'List configurations',
      query: ConfigurationQuery,
      replies: { 200: ConfigurationList },
      handle: async ({ account, query }) => {
        const scope = [account.id, query.memoryStoreId];
        const request = toPageRequest(configurationList, query, scope);
        const filter = { accountId: account.id, memoryStoreId: query.memoryStoreId };
        const page = await listConfigurationRows(context.db.reader, filter, request);
        return ok(toPageBody(configurationList, page, request, scope, toWire, 'onPage'));
      },
    }),
    route({
      operation: 'CreateConfiguration',
      surface: 'conversations',
      method: 'POST',
      path: collection,
      summary: 'Create a configuration',
      body: ConfigurationCreate,
      replies: { 202: ConversationsOperationAccepted },
      handle: async (request) => {
        const write = { accountId: request.account.id, idempotency: readIdempotency(request) };
        return conversationsOperationAccepted(
          await createConfiguration(context, write, request.body),
          request.origin,
        );
      },
    }),
    route({
      operation: 'FetchConfiguration',
      surface: 'conversations',
      method: 'GET',
      path: item,
      summary: 'Fetch a configuration',
      params: ConfigurationPath,
      replies: { 200: ConfigurationReply },
      handle: async ({ account, params }) =>
        ok(toWire(await getConfiguration(context.db.reader, account.id, params.id))),
    }),
    route({
      operation: 'UpdateConfiguration',
      surface: 'conversations',
      method: 'PUT',
      path: item,
      summary: 'Replace a configuration; optional members left out lose their value',
      params: ConfigurationPath,
      body: ConfigurationReplace,
      replies: { 202: ConversationsOperationAccepted },
      handle: async (request) => {
        const write = { accountId: request.account.id, idempotency: readIdempotency(request) };
        return conversationsOperationAccepted(
          await replaceConfiguration(context, write, request.params.id, request.body),
          request.origin,
        );
      },
    }),
    route({
      operation: 'PatchConfiguration',
      surface: 'conversations',
      method: 'PATCH',
      path: item,
      summary: 'Change the members that are present',
      params: ConfigurationPath,
      body: ConfigurationPatch,
      replies: { 202: ConversationsOperationAccepted },
      handle: async (request) => {
        const write = { accountId: request.account.id, idempotency: readIdempotency(request) };
        return conversationsOperationAccepted(
          await patchConfiguration(context, write, request.params.id, request.body),
          request.origin,
        );
      },
    }),
    route({
      operation: 'DeleteConfiguration',
      surface: 'conversations',
      method: 'DELETE',
      path: item,
      summary: 'Delete a configuration; its conversations stay',
      params: ConfigurationPath,
      replies: { 202: ConversationsOperationAccepted },
      handle: async (request) => {
        const write = { accountId: request.account.id, idempotency: readIdempotency(request) };
        return conversationsOperationAccepted(
          await deleteConfiguration(context, write, request.params.id),
          request.origin,
        );
      },
    }),
  ];
}
