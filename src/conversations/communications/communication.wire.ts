import Type, { type Static } from 'typebox';
import { pageOf, pageParameters, Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { AddressText, Channel, ChannelId, idLengthMax } from '../participants/index.ts';
import type { Communication } from './communication.store.ts';

/** Schemas of conversations-v2.yaml, tag Communication. */
const textLengthMax = 8_388_608;
const recipientsMax = 100;
const resourceIdLengthMax = 512;
const engineLengthMax = 128;
const wordsMax = 100_000;
const wordLengthMax = 1024;
/** Text of the greatest length, at four bytes a character, and the rest. */
export const communicationBodyMaxBytes = 36 * 1024 * 1024;

const Party = Type.Object({
  address: AddressText,
  channel: Channel,
  participantId: Type.Optional(
    Type.Union([Type.String({ minLength: 1, maxLength: idLengthMax }), Type.Null()]),
  ),
});
export type PartyInput = Static<typeof Party>;

const Word = Type.Object({
  text: Type.String({ maxLength: wordLengthMax }),
  startTime: Type.Optional(Timestamp),
  endTime: Type.Optional(Timestamp),
});
const Transcription = Type.Object({
  channel: Type.Optional(Type.Integer({ description: 'Audio leg: 0 is inbound and 1 is outbound.' })),
  confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  engine: Type.Optional(Type.String({ maxLength: engineLengthMax })),
  words: Type.Optional(Type.Array(Word, { maxItems: wordsMax })),
});

const ContentType = Type.Enum(['TEXT', 'TRANSCRIPTION']);
const ContentInput = Type.Object({
  type: ContentType,
  text: Type.String({ maxLength: textLengthMax }),
  transcription: Type.Optional(Transcription),
});
export type ContentInput = Static<typeof ContentInput>;

export const CommunicationCreate = Type.Object({
  author: Party,
  content: ContentInput,
  channelId: Type.Optional(ChannelId),
  resourceId: Type.Optional(Type.String({ minLength: 1, maxLength: resourceIdLengthMax })),
  recipients: Type.Array(Party, { minItems: 1, maxItems: recipientsMax }),
  occurredAt: Type.Optional(Timestamp),
});
export type CommunicationCreate = Static<typeof CommunicationCreate>;

export const CommunicationQuery = Type.Object({ ...pageParameters, channelId: Type.Optional(Type.String()) });

const PartyReply = Type.Object({
  address: Type.String(),
  channel: Channel,
  participantId: Type.String(),
});
const RecipientReply = Type.Object({
  ...PartyReply.properties,
  deliveryStatus: Type.Optional(
    Type.Enum(['INITIATED', 'IN_PROGRESS', 'DELIVERED', 'READ', 'COMPLETED', 'FAILED']),
  ),
});

export const CommunicationReply = Type.Object({
  id: Type.String(),
  conversationId: Type.String(),
  accountId: Type.String(),
  author: PartyReply,
  content: Type.Object({
    type: ContentType,
    text: Type.String(),
    transcription: Type.Optional(Transcription),
  }),
  channelId: Type.Union([Type.String(), Type.Null()]),
  resourceId: Type.Optional(Type.String()),
  recipients: Type.Array(RecipientReply),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  occurredAt: Timestamp,
});

export const communicationList = { key: 'communications', sortKey: ['text'], sizeMax: 1000 } as const;
export const CommunicationList = pageOf(communicationList.key, CommunicationReply);

export function toWire(communication: Communication): Static<typeof CommunicationReply> {
  const { resourceId, createdAt, updatedAt, occurredAt } = communication;
  return {
    id: communication.id,
    conversationId: communication.conversationId,
    accountId: communication.accountId,
    author: communication.author,
    content: communication.content,
    channelId: communication.channelId ?? null,
    ...(resourceId === undefined ? {} : { resourceId }),
    recipients: [...communication.recipients],
    createdAt: toTimestamp(createdAt),
    updatedAt: toTimestamp(updatedAt),
    occurredAt: toTimestamp(occurredAt),
  };
}
