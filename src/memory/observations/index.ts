/** Observations: facts about a customer, with their revisions. */

export { observationRoutes } from './observation.routes.ts';
export {
  deleteObservationsOf,
  findObservations,
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
export { Content, Observation, Source, toWire as toObservationWire } from './observation.wire.ts';
