import Type from 'typebox';
import { declareJob } from '../../jobs/index.ts';

/** Makes the vectors that memories of a profile lack, one batch a run. */
export const embedMemories = declareJob({
  name: 'memory.embed',
  payload: Type.Object({ profileId: Type.String() }),
  attemptsMax: 12,
  timeoutMs: 60_000,
  lane: 'models',
});

/**
 * Has all profiles' memories embedded, a page of profiles a run: after the model was changed. `isAnew`: also those that have
 * vectors of the model, which go first.
 */
export const reindexMemories = declareJob({
  name: 'memory.reindex',
  payload: Type.Object({
    model: Type.String(),
    afterProfileId: Type.String(),
    isAnew: Type.Optional(Type.Boolean()),
  }),
  attemptsMax: 10,
  timeoutMs: 60_000,
});

/** At most one job makes a profile's vectors. */
export function embedKey(profileId: string): string {
  return `embed:${profileId}`;
}
