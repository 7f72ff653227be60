import Type from 'typebox';
import { declareJob } from '../jobs/index.ts';

/** Remove events that are past their age. There is one such job, for all accounts; it plans itself anew. */
export const removeOldEvents = declareJob({
  name: 'events.remove-old',
  payload: Type.Object({}),
  attemptsMax: Number.POSITIVE_INFINITY,
  timeoutMs: 60_000,
});

export const removalKey = 'events-remove-old';
