import Type, { type Static } from 'typebox';
import { Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { ConversationId } from '../access/index.ts';
import { Observation } from '../observations/index.ts';
import { Summary } from '../summaries/index.ts';
import type { RecalledCommunication, RecalledParty } from './communications.ts';

/** Schemas and limits of memory-v1.yaml, RecallRequest and RecallResponse. */
const Limit = Type.Optional(Type.Integer({ minimum: 0, maximum: 100 }));

export const RecallRequest = Type.Object({
  conversationId: Type.Optional(ConversationId),
  query: Type.Optional(Type.String({ maxLength: 1024 })),
  beginDate: Type.Optional(Timestamp),
  endDate: Type.Optional(Timestamp),
  observationsLimit: Limit,
  summariesLimit: Limit,
  communicationsLimit: Limit,
  relevanceThreshold: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
});

const Score = Type.Optional(Type.Number({ minimum: 0, maximum: 1 }));

const Party = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: Type.Optional(Type.String()),
  profileId: Type.Optional(Type.String()),
  address: Type.String(),
  channel: Type.String(),
  deliveryStatus: Type.Optional(Type.String()),
});

const Communication = Type.Object({
  id: Type.String(),
  channelId: Type.Optional(Type.String()),
  author: Party,
  recipients: Type.Array(Party),
  content: Type.Object({ text: Type.String() }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export const RecallResponse = Type.Object({
  observations: Type.Array(Type.Object({ ...Observation.properties, score: Score })),
  summaries: Type.Array(Type.Object({ ...Summary.properties, score: Score })),
  communications: Type.Array(Communication),
  meta: Type.Object({ queryTime: Type.Integer({ minimum: 0, maximum: 600_000 }) }),
});

const Explanation = Type.Optional(
  Type.Array(
    Type.Object({
      feature: Type.String({ description: 'What speaks for the memory, or against it.' }),
      value: Type.Number({ description: 'How much of it there is, around 0 to 1.' }),
      contribution: Type.Number({
        description: 'Value times weight: what it adds to the sum that is ranked by.',
      }),
    }),
    { description: 'The parts of the score, largest first; absent where nothing was compared.' },
  ),
);

export const ExplainedRecallResponse = Type.Object({
  ...RecallResponse.properties,
  observations: Type.Array(
    Type.Object({ ...Observation.properties, score: Score, explanation: Explanation }),
  ),
  summaries: Type.Array(Type.Object({ ...Summary.properties, score: Score, explanation: Explanation })),
});

/** Members that the contract bounds shorter than the conversations API does. */
const nameLengthMax = 256;

export function toCommunicationWire(communication: RecalledCommunication): Static<typeof Communication> {
  const { id, channelId, text, author, recipients, createdAt, updatedAt } = communication;
  return {
    id,
    ...(channelId === undefined ? {} : { channelId }),
    author: toPartyWire(author),
    recipients: recipients.map(toPartyWire),
    content: { text },
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(updatedAt),
  };
}

/** The contract's enumeration has no READ here, and one client cannot parse the type UNKNOWN. */
function toPartyWire({ type, name, deliveryStatus, ...party }: RecalledParty): Static<typeof Party> {
  return {
    ...party,
    name: name.slice(0, nameLengthMax),
    ...(type === undefined || type === 'UNKNOWN' ? {} : { type }),
    ...(deliveryStatus === undefined
      ? {}
      : { deliveryStatus: deliveryStatus === 'READ' ? 'DELIVERED' : deliveryStatus }),
  };
}
