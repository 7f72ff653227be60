/** Observations: facts about a customer, with their revisions. */

export { observationRoutes } from './observation.routes.ts';
export {
  deleteObservationsOf,
  insertObservations,
  moveObservations,
  moveSomeObservations,
  observationSource,
} from './observation.store.ts';
export {
  type Extracted,
  listObservationContents,
  type ObservationChanges,
  type ObservationContent,
  type ObservationDraft,
  recordObservations,
  reviseObservation,
} from './observation.ts';
export type { ObservationState } from './observation.wire.ts';
export { Content, Observation, Source, toWire as toObservationWire } from './observation.wire.ts';
export { provenanceRoutes } from './provenance.routes.ts';
export { insertProvenance, listAllProvenance } from './provenance.store.ts';
export {
  type Evidence,
  type ExtractedObservation,
  type ExtractorStamp,
  listExtractedObservations,
} from './provenance.ts';
export { ProvenanceEntry, toProvenanceWire } from './provenance.wire.ts';
