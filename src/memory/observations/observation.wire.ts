import Type, { type Static } from 'typebox';
import { pageOf, Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { decodeJson, type ObservationRow } from '../../storage/index.ts';
import { ConversationId, profileParameters } from '../access/index.ts';

/** Schemas and limits of memory-v1.yaml, tag Observations. Lengths count characters, not bytes. */
export const Content = Type.String({ minLength: 1, maxLength: 4096 });
export const Source = Type.String({ minLength: 1, maxLength: 100, pattern: '^[a-zA-Z0-9 _.-]+$' });
const ConversationIds = Type.Array(ConversationId, { maxItems: 10 });
const batchMax = 10;

export const ObservationCreate = Type.Object({
  content: Content,
  source: Source,
  occurredAt: Timestamp,
  conversationIds: Type.Optional(ConversationIds),
});

export const CreateObservationsRequest = Type.Object(
  { observations: Type.Array(ObservationCreate, { minItems: 1, maxItems: batchMax }) },
  { additionalProperties: false },
);

/** The bare single observation that older clients send (memory-clients section 4). */
export const LegacySingleObservation = Type.Object(
  {
    content: Content,
    source: Source,
    occurredAt: Type.Optional(Timestamp),
    conversationIds: Type.Optional(ConversationIds),
  },
  { additionalProperties: false },
);

export const ObservationPatch = Type.Object({
  content: Type.Optional(Content),
  source: Type.Optional(Source),
  occurredAt: Type.Optional(Timestamp),
  conversationIds: Type.Optional(ConversationIds),
});

/** `message`; for the bare body also what was stored, which older clients parse. */
export const ObservationCreated = Type.Object({
  message: Type.String(),
  content: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
  occurredAt: Type.Optional(Timestamp),
  conversationIds: Type.Optional(Type.Array(Type.String())),
});

export const Observation = Type.Object({
  id: Type.String(),
  content: Type.String(),
  source: Type.String(),
  occurredAt: Timestamp,
  conversationIds: Type.Optional(Type.Array(Type.String())),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export const ObservationPath = Type.Object({
  ...profileParameters,
  observationId: Type.String({ pattern: '^mem_observation_[0-7][0-9a-z]{25}$' }),
});

export const observationList = { key: 'observations', sortKey: ['integer', 'text'], sizeMax: 50 } as const;
export const revisionList = { key: 'revisions', sortKey: ['integer'], sizeMax: 50 } as const;
export const ObservationList = pageOf(observationList.key, Observation);
export const RevisionList = pageOf(revisionList.key, Observation);

/** The states that `observations` and `observation_revisions` hold alike. */
export type ObservationState = Pick<
  ObservationRow,
  'content' | 'source' | 'occurred_at' | 'conversation_ids_json' | 'created_at' | 'updated_at'
>;

export function toWire(id: string, state: ObservationState): Static<typeof Observation> {
  const conversationIds = decodeJson<string[]>(state.conversation_ids_json);
  return {
    id,
    content: state.content,
    source: state.source,
    occurredAt: toTimestamp(state.occurred_at),
    ...(conversationIds.length > 0 ? { conversationIds } : {}),
    createdAt: toTimestamp(state.created_at),
    updatedAt: toTimestamp(state.updated_at),
  };
}
