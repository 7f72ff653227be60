import Type, { type Static } from 'typebox';
import { Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { decodeJson, type ObservationProvenanceRow } from '../../storage/index.ts';

/** Where a state of an observation comes from. */
export const ProvenanceEntry = Type.Object({
  /** Number of the state that it led to, from 1. */
  revision: Type.Integer(),
  conversationId: Type.String(),
  /** The communications that say it, oldest first. */
  communicationIds: Type.Array(Type.String()),
  extractor: Type.Object({
    name: Type.String(),
    version: Type.String(),
    /** The extractor that was to read the conversation and could not. */
    standsInFor: Type.Optional(Type.String()),
    /** Why it could not: `unreachable`, `over-budget`, ... */
    reason: Type.Optional(Type.String()),
  }),
  extractedAt: Timestamp,
});

/** Empty for an observation that clients alone wrote. */
export const Provenance = Type.Object({
  observationId: Type.String(),
  source: Type.String(),
  provenance: Type.Array(ProvenanceEntry),
});

export function toProvenanceWire(row: ObservationProvenanceRow): Static<typeof ProvenanceEntry> {
  return {
    revision: row.revision,
    conversationId: row.conversation_id,
    communicationIds: decodeJson<string[]>(row.communication_ids_json),
    extractor: {
      name: row.extractor,
      version: row.extractor_version,
      ...(row.stands_in_for === null ? {} : { standsInFor: row.stands_in_for }),
      ...(row.stand_in_reason === null ? {} : { reason: row.stand_in_reason }),
    },
    extractedAt: toTimestamp(row.extracted_at),
  };
}
