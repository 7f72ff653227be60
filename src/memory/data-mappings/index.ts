/** Data mappings: how the columns of outside sources become traits, and the rows that come from them. */

import type { Route } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { dataMappingRoutes as controlRoutes } from './data-mapping.routes.ts';
import { datasetRowsRoutes } from './dataset-rows.routes.ts';

export { isTraitGroupMapped } from './data-mapping.ts';

export function dataMappingRoutes(context: Context): Route[] {
  return [...controlRoutes(context), ...datasetRowsRoutes(context)];
}
