import { ok, type Route, route } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { applyDatasetRows } from './dataset-rows.ts';
import { DatasetPath, DatasetRows, DatasetRowsResult } from './dataset-rows.wire.ts';

const bodyMaxBytes = 33_554_432;

export function datasetRowsRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'ApplyDatasetRows',
      surface: 'rapport',
      method: 'POST',
      path: '/rapport/v1/Stores/:storeId/Datasets/:datasetId/Rows',
      summary:
        'Feed rows of a dataset, or of an INGRESS data mapping by its id, to the data mappings of the store',
      params: DatasetPath,
      body: DatasetRows,
      bodyAs: 'jsonOrCsv',
      bodyMaxBytes,
      replies: { 200: DatasetRowsResult },
      handle: async ({ account, params, body }) => {
        const ref = { accountId: account.id, storeId: params.storeId };
        return ok(await applyDatasetRows(context, ref, params.datasetId, body));
      },
    }),
  ];
}
