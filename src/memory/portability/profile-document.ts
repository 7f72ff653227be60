import Type, { type Static } from 'typebox';
import { Timestamp } from '../../http/index.ts';
import { ProvenanceEntry } from '../observations/index.ts';
import type { TraitValue } from '../traits/index.ts';

/**
 * Everything that is held about a profile, in one JSON document (`docs/profile-document.md`). Times are RFC 3339 in UTC.
 * Members of the public API are as there; what an import cannot take along (merges, conversations) is for people to read.
 */
export const documentFormat = 'rapport.profile';
export const documentVersion = 1;

const State = {
  content: Type.String(),
  source: Type.String(),
  occurredAt: Timestamp,
  conversationIds: Type.Array(Type.String()),
  createdAt: Timestamp,
  updatedAt: Timestamp,
};

export const ProfileDocument = Type.Object({
  format: Type.Literal(documentFormat),
  version: Type.Literal(documentVersion),
  exportedAt: Timestamp,
  storeId: Type.String(),
  profile: Type.Object({
    id: Type.String(),
    createdAt: Timestamp,
    /** Ids that lead here since they were merged. */
    mergedIds: Type.Array(Type.String()),
  }),
  traits: Type.Array(
    Type.Object({
      traitGroup: Type.String(),
      name: Type.String(),
      value: Type.Unsafe<TraitValue>({}),
      timestamp: Timestamp,
    }),
  ),
  identifiers: Type.Array(Type.Object({ idType: Type.String(), value: Type.String(), addedAt: Timestamp })),
  observations: Type.Array(
    Type.Object({
      id: Type.String({ pattern: '^mem_observation_[0-7][0-9a-z]{25}$' }),
      ...State,
      /** Earlier states, oldest first. */
      revisions: Type.Array(Type.Object(State)),
      /** What extraction read it in, oldest first; absent from documents of earlier servers. */
      provenance: Type.Optional(Type.Array(ProvenanceEntry)),
    }),
  ),
  conversationSummaries: Type.Array(
    Type.Object({
      id: Type.String({ pattern: '^mem_summary_[0-7][0-9a-z]{25}$' }),
      conversationId: Type.String(),
      content: Type.String(),
      source: Type.Optional(Type.String()),
      occurredAt: Timestamp,
      createdAt: Timestamp,
      updatedAt: Timestamp,
    }),
  ),
  events: Type.Array(Type.Unknown()),
  merges: Type.Array(Type.Unknown()),
  conversations: Type.Array(Type.Unknown()),
});
export type ProfileDocument = Static<typeof ProfileDocument>;
