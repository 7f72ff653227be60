import { accepted, ok, type Route, route } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { AcceptedMessage, ProfilePath } from '../access/index.ts';
import { Identifier } from '../identity/index.ts';
import {
  addIdentifier,
  getIdentifierSet,
  getIdentifierSets,
  removeIdentifier,
  replaceIdentifier,
} from './identifier.ts';
import {
  IdentifierPath,
  IdentifierSet,
  IdentifierSets,
  IdentifierUpdate,
  RemoveQuery,
} from './identifier.wire.ts';

const collection = '/v1/Stores/:storeId/Profiles/:profileId/Identifiers';
const item = `${collection}/:idType`;

export function identifierRoutes(context: Context): Route[] {
  const { reader } = context.db;
  return [
    route({
      operation: 'ListProfileIdentifiers',
      surface: 'memoryData',
      method: 'GET',
      path: collection,
      summary: 'List identifier values by type',
      params: ProfilePath,
      replies: { 200: IdentifierSets },
      handle: async ({ account, params }) =>
        ok({ identifiers: await getIdentifierSets(reader, { ...params, accountId: account.id }) }),
    }),
    route({
      operation: 'CreateProfileIdentifier',
      surface: 'memoryData',
      method: 'POST',
      path: collection,
      summary: 'Add an identifier value',
      params: ProfilePath,
      body: Identifier,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params, body }) => {
        await addIdentifier(context, { ...params, accountId: account.id }, body);
        return accepted({ message: 'Identifier accepted.' });
      },
    }),
    route({
      operation: 'FetchProfileIdentifier',
      surface: 'memoryData',
      method: 'GET',
      path: item,
      summary: 'Read the values of one identifier type',
      params: IdentifierPath,
      replies: { 200: IdentifierSet },
      handle: async ({ account, params }) =>
        ok(await getIdentifierSet(reader, { ...params, accountId: account.id }, params.idType)),
    }),
    route({
      operation: 'PatchProfileIdentifier',
      surface: 'memoryData',
      method: 'PATCH',
      path: item,
      summary: 'Replace one value',
      params: IdentifierPath,
      body: IdentifierUpdate,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params, body }) => {
        await replaceIdentifier(context, { ...params, accountId: account.id }, params.idType, body);
        return accepted({ message: 'Identifier change accepted.' });
      },
    }),
    route({
      operation: 'DeleteProfileIdentifier',
      surface: 'memoryData',
      method: 'DELETE',
      path: item,
      summary: 'Remove one value, or all values, of a type',
      params: IdentifierPath,
      query: RemoveQuery,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params, query }) => {
        const removal = { removeAll: query.removeAll ?? false };
        await removeIdentifier(context, { ...params, accountId: account.id }, params.idType, removal);
        return accepted({ message: 'Identifier removal accepted.' });
      },
    }),
  ];
}
