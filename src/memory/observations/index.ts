/** Observations: facts about a customer, with their revisions. */

export { observationRoutes } from './observation.routes.ts';
export {
  deleteObservationsOf,
  findObservations,
  insertObservations,
  listNewestObservations,
  moveObservations,
  moveSomeObservations,
  type OccurredRange,
} from './observation.store.ts';
export {
  listObservationContents,
  type ObservationChanges,
  type ObservationDraft,
  recordObservations,
  reviseObservation,
} from './observation.ts';
export type { ObservationState } from './observation.wire.ts';
export { Content, Observation, Source, toWire as toObservationWire } from './observation.wire.ts';
