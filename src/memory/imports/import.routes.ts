import Type from 'typebox';
import {
  created,
  ok,
  orderParameter,
  pageParameters,
  type Route,
  route,
  toPageBody,
  toPageRequest,
} from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { getActiveStore, StorePath } from '../stores/index.ts';
import { listImportIds } from './import.store.ts';
import { createImport, getImport } from './import.ts';
import {
  ImportCreate,
  ImportCreated,
  ImportList,
  ImportPath,
  ImportStatus,
  importList,
  toWire,
  UploadPath,
  UploadQuery,
} from './import.wire.ts';
import { receiveUpload } from './upload.ts';

const collection = '/v1/Stores/:storeId/Profiles/Imports';
const uploads = '/rapport/v1/uploads';

export function importRoutes(context: Context): Route[] {
  const { db } = context;
  return [
    route({
      operation: 'ListProfileImportsV2',
      surface: 'memoryData',
      method: 'GET',
      path: collection,
      summary: 'List import IDs, newest first',
      params: StorePath,
      query: Type.Object({ ...pageParameters, ...orderParameter }),
      replies: { 200: ImportList },
      handle: async ({ account, params, query }) => {
        await getActiveStore(db.reader, account.id, params.storeId);
        const scope = [params.storeId];
        const request = toPageRequest(importList, query, scope);
        const page = await listImportIds(db.reader, { ...params, accountId: account.id }, request);
        return ok(toPageBody(importList, page, request, scope, ({ id }) => id));
      },
    }),
    route({
      operation: 'CreateProfilesImportV2',
      surface: 'memoryData',
      method: 'POST',
      path: collection,
      summary: 'Start a CSV import; the answer has the URL that takes the file',
      params: StorePath,
      body: ImportCreate,
      replies: { 201: ImportCreated },
      handle: async ({ account, params, body, origin }) => {
        const { importId, key } = await createImport(context, { ...params, accountId: account.id }, body);
        return created({ importId, url: `${origin}${uploads}/${params.storeId}/${importId}?key=${key}` });
      },
    }),
    route({
      operation: 'FetchProfileImportV2',
      surface: 'memoryData',
      method: 'GET',
      path: `${collection}/:importId`,
      summary: 'Read the status of an import',
      params: ImportPath,
      replies: { 200: ImportStatus },
      handle: async ({ account, params }) =>
        ok(toWire(await getImport(db.reader, { ...params, accountId: account.id }))),
    }),
    route({
      operation: 'UploadImportFile',
      surface: 'rapport',
      method: 'PUT',
      path: `${uploads}/:storeId/:importId`,
      summary: 'Send the file of an import, to the URL that its creation answered with',
      access: 'none',
      params: UploadPath,
      query: UploadQuery,
      bodyAs: 'stream',
      replies: { 200: Type.Object({}) },
      handle: async ({ params, query, bodyStream }) => {
        await receiveUpload(context, { ...params, key: query.key }, bodyStream);
        return ok({});
      },
    }),
  ];
}
