import Type from 'typebox';
import {
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
import { pageOfItems } from '../../storage/index.ts';
import { getStore, StorePath } from '../stores/index.ts';
import { listTraitGroupRows } from '../traits/index.ts';
import {
  createTraitGroup,
  deleteTraitGroup,
  getTraitGroup,
  groupTag,
  patchTraitGroup,
} from './trait-group.ts';
import {
  definitionsOf,
  IncludeTraits,
  TraitGroupCreate,
  TraitGroupList,
  TraitGroupPatch,
  TraitGroupPath,
  TraitGroupReply,
  toWire,
  traitGroupList,
  traitList,
} from './trait-group.wire.ts';

const collection = '/v1/ControlPlane/Stores/:storeId/TraitGroups';
const item = `${collection}/:traitGroupName`;

export function traitGroupRoutes(context: Context): Route[] {
  const { reader } = context.db;
  return [
    route({
      operation: 'ListTraitGroups',
      surface: 'memoryControl',
      method: 'GET',
      path: collection,
      summary: 'List trait groups, newest first',
      params: StorePath,
      query: Type.Object({ ...pageParameters, ...orderParameter, includeTraits: IncludeTraits }),
      replies: { 200: TraitGroupList },
      handle: async ({ account, params, query }) => {
        const store = await getStore(reader, account.id, params.storeId);
        const scope = [store.id];
        const request = toPageRequest(traitGroupList, query, scope);
        const page = await listTraitGroupRows(reader, store.id, request);
        const toItem = (row: (typeof page.items)[number]) =>
          toWire(row, query.includeTraits ? definitionsOf(row) : undefined);
        return ok(toPageBody(traitGroupList, page, request, scope, toItem));
      },
    }),
    route({
      operation: 'CreateTraitGroup',
      surface: 'memoryControl',
      method: 'POST',
      path: collection,
      summary: 'Create a trait group',
      params: StorePath,
      body: TraitGroupCreate,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, params, body, origin }) => {
        const operation = await createTraitGroup(
          context,
          { accountId: account.id, storeId: params.storeId },
          body,
        );
        return memoryOperationAccepted(operation, origin, 'Trait group creation accepted.');
      },
    }),
    route({
      operation: 'FetchTraitGroup',
      surface: 'memoryControl',
      method: 'GET',
      path: item,
      summary: 'Read a trait group; pages run over its traits',
      params: TraitGroupPath,
      query: Type.Object({ ...pageParameters, ...orderParameter, includeTraits: IncludeTraits }),
      replies: { 200: TraitGroupReply },
      handle: async ({ account, params, query }) => {
        const row = await getTraitGroup(reader, {
          ...params,
          accountId: account.id,
          name: params.traitGroupName,
        });
        const scope = [row.store_id, row.name];
        const request = toPageRequest(traitList, query, scope);
        const traits = Object.entries(definitionsOf(row)).map(([name, definition]) => ({ name, definition }));
        const page = pageOfItems(traits, ({ name }) => [name], request);
        const { meta } = toPageBody(traitList, page, request, scope, ({ name }) => name);
        const shown = Object.fromEntries(page.items.map(({ name, definition }) => [name, definition]));
        return ok(
          { traitGroup: toWire(row, query.includeTraits === false ? undefined : shown), meta },
          { ETag: groupTag(row) },
        );
      },
    }),
    route({
      operation: 'PatchTraitGroup',
      surface: 'memoryControl',
      method: 'PATCH',
      path: item,
      summary: 'Change description; add, change or remove traits',
      params: TraitGroupPath,
      body: TraitGroupPatch,
      isBodyOptional: true,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, params, body, headers, origin }) => {
        const ref = { storeId: params.storeId, accountId: account.id, name: params.traitGroupName };
        const operation = await patchTraitGroup(context, { ...ref, ifMatch: headers['if-match'] }, body);
        return memoryOperationAccepted(operation, origin, 'Trait group update accepted.');
      },
    }),
    route({
      operation: 'DeleteTraitGroup',
      surface: 'memoryControl',
      method: 'DELETE',
      path: item,
      summary: 'Delete a trait group and its traits',
      params: TraitGroupPath,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, params, origin }) => {
        const ref = { storeId: params.storeId, accountId: account.id, name: params.traitGroupName };
        return memoryOperationAccepted(
          await deleteTraitGroup(context, ref),
          origin,
          'Trait group deletion accepted.',
        );
      },
    }),
  ];
}
