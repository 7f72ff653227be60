import Type from 'typebox';
import { declareJob } from '../../jobs/index.ts';

/** Erase what was in a deleted store, for the operation that the deletion was answered with. */
export const eraseStore = declareJob({
  name: 'store.erase',
  payload: Type.Object({ operationId: Type.String(), storeId: Type.String() }),
  attemptsMax: 8,
  timeoutMs: 60_000,
});
