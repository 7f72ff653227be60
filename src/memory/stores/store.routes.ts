import Type from 'typebox';
import {
  etagOf,
  ok,
  orderParameter,
  pageParameters,
  type Route,
  route,
  toPageBody,
  toPageRequest,
} from '../../http/index.ts';
import { MemoryOperationAccepted, memoryOperationAccepted } from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { listStoreIds } from './store.store.ts';
import { createStore, deleteStore, getStore, patchStore } from './store.ts';
import { Store, StoreCreate, StoreList, StorePatch, StorePath, storeList, toWire } from './store.wire.ts';

const collection = '/v1/ControlPlane/Stores';
const item = `${collection}/:storeId`;

export function storeRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'ListStores',
      surface: 'memoryControl',
      method: 'GET',
      path: collection,
      summary: 'List store IDs of the account',
      query: Type.Object({ ...pageParameters, ...orderParameter }),
      replies: { 200: StoreList },
      handle: async ({ account, query }) => {
        const scope = [account.id];
        const request = toPageRequest(storeList, query, scope);
        const page = await listStoreIds(context.db.reader, account.id, request);
        return ok(toPageBody(storeList, page, request, scope, ({ id }) => id));
      },
    }),
    route({
      operation: 'CreateStore',
      surface: 'memoryControl',
      method: 'POST',
      path: collection,
      summary: 'Create a store',
      body: StoreCreate,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, body, origin }) =>
        memoryOperationAccepted(
          await createStore(context, account.id, body),
          origin,
          'Store creation accepted.',
        ),
    }),
    route({
      operation: 'FetchStore',
      surface: 'memoryControl',
      method: 'GET',
      path: item,
      summary: 'Read a store',
      params: StorePath,
      replies: { 200: Store },
      handle: async ({ account, params }) => {
        const store = await getStore(context.db.reader, account.id, params.storeId);
        return ok(toWire(store), { ETag: etagOf(store.id, store.version) });
      },
    }),
    route({
      operation: 'PatchStore',
      surface: 'memoryControl',
      method: 'PATCH',
      path: item,
      summary: 'Change name or description',
      params: StorePath,
      body: StorePatch,
      isBodyOptional: true,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, params, body, headers, origin }) => {
        const target = { accountId: account.id, storeId: params.storeId, ifMatch: headers['if-match'] };
        return memoryOperationAccepted(
          await patchStore(context, target, body),
          origin,
          'Store update accepted.',
        );
      },
    }),
    route({
      operation: 'DeleteStore',
      surface: 'memoryControl',
      method: 'DELETE',
      path: item,
      summary: 'Delete a store and everything in it',
      params: StorePath,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, params, origin }) =>
        memoryOperationAccepted(
          await deleteStore(context, account.id, params.storeId),
          origin,
          'Store deletion accepted.',
        ),
    }),
  ];
}
