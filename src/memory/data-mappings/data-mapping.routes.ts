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
import { getStore, StorePath } from '../stores/index.ts';
import { listDataMappings } from './data-mapping.store.ts';
import { createDataMapping, deleteDataMapping, getDataMapping, patchDataMapping } from './data-mapping.ts';
import {
  DataMapping,
  DataMappingCreate,
  DataMappingList,
  DataMappingPatch,
  DataMappingPath,
  dataMappingList,
  SourceTypeParameter,
  toWire,
} from './data-mapping.wire.ts';

const collection = '/v1/ControlPlane/Stores/:storeId/DataMappings';
const item = `${collection}/:dataMappingId`;

export function dataMappingRoutes(context: Context): Route[] {
  const { db } = context;
  return [
    route({
      operation: 'ListDataMappings',
      surface: 'memoryControl',
      method: 'GET',
      path: collection,
      summary: 'List data mappings, newest first',
      params: StorePath,
      query: Type.Object({ ...pageParameters, ...orderParameter, type: SourceTypeParameter }),
      replies: { 200: DataMappingList },
      handle: async ({ account, params, query }) => {
        const ref = { ...params, accountId: account.id };
        await getStore(db.reader, ref.accountId, ref.storeId);
        const scope = [ref.storeId, query.type ?? null];
        const request = toPageRequest(dataMappingList, query, scope);
        const page = await listDataMappings(db.reader, ref, query.type, request);
        return ok(toPageBody(dataMappingList, page, request, scope, toWire));
      },
    }),
    route({
      operation: 'CreateDataMapping',
      surface: 'memoryControl',
      method: 'POST',
      path: collection,
      summary: 'Create a data mapping',
      params: StorePath,
      body: DataMappingCreate,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, params, body, origin }) => {
        const operation = await createDataMapping(context, { ...params, accountId: account.id }, body);
        return memoryOperationAccepted(operation, origin, 'Data mapping creation accepted.');
      },
    }),
    route({
      operation: 'FetchDataMapping',
      surface: 'memoryControl',
      method: 'GET',
      path: item,
      summary: 'Read a data mapping',
      params: DataMappingPath,
      replies: { 200: DataMapping },
      handle: async ({ account, params }) => {
        const row = await getDataMapping(db.reader, { ...params, accountId: account.id });
        return ok(toWire(row), { ETag: etagOf(row.id, row.version) });
      },
    }),
    route({
      operation: 'PatchDataMapping',
      surface: 'memoryControl',
      method: 'PATCH',
      path: item,
      summary: 'Change a data mapping',
      params: DataMappingPath,
      body: DataMappingPatch,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, params, body, headers, origin }) => {
        const ref = { ...params, accountId: account.id };
        const operation = await patchDataMapping(context, ref, body, headers['if-match']);
        return memoryOperationAccepted(operation, origin, 'Data mapping update accepted.');
      },
    }),
    route({
      operation: 'DeleteDataMapping',
      surface: 'memoryControl',
      method: 'DELETE',
      path: item,
      summary: 'Delete a data mapping',
      params: DataMappingPath,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, params, origin }) => {
        const operation = await deleteDataMapping(context, { ...params, accountId: account.id });
        return memoryOperationAccepted(operation, origin, 'Data mapping deletion accepted.');
      },
    }),
  ];
}
