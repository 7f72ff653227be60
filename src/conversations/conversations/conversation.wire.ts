import Type, { type Static } from 'typebox';
import { errors } from '../../errors/index.ts';
import { pageOf, pageParameters, Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { decodeJson } from '../../storage/index.ts';
import {
  ConfigurationSnapshot,
  conversationCallbacksMax,
  overridableSettings,
  StatusCallbackInput,
} from '../configurations/index.ts';
import { type ConversationStatus, conversationStatuses } from '../lifecycle.ts';
import {
  inlineParticipantsMax,
  NameInput,
  ParticipantInput,
  ParticipantReply,
  toParticipantWire,
} from '../participants/index.ts';
import type { ConversationState } from './conversation-state.ts';

/** Schemas of conversations-v2.yaml, tag Conversation. */
export const metadataMax = 8;
const metadataKeyLengthMax = 128;
const metadataValueLengthMax = 512;
const statusValuesMax = 20;
const idLengthMax = 256;

const metadataKeys = {
  maxProperties: metadataMax,
  propertyNames: { minLength: 1, maxLength: metadataKeyLengthMax, pattern: '^[A-Za-z0-9._-]+$' },
};
const MetadataValue = Type.String({ maxLength: metadataValueLengthMax });
const Metadata = Type.Record(Type.String(), MetadataValue, metadataKeys);
const Status = Type.Enum(conversationStatuses);

export const ConversationCreate = Type.Object({
  configurationId: Type.String({ minLength: 1, maxLength: idLengthMax }),
  name: Type.Optional(NameInput),
  configuration: Type.Optional(
    Type.Object({
      ...overridableSettings,
      workflows: Type.Optional(Type.Unknown({ description: 'Not supported.' })),
    }),
  ),
  participants: Type.Optional(Type.Array(ParticipantInput, { maxItems: inlineParticipantsMax })),
  metadata: Type.Optional(Metadata),
  action: Type.Optional(Type.Unknown({ description: 'Not supported.' })),
});
export type ConversationCreate = Static<typeof ConversationCreate>;

export const ConversationUpdate = Type.Object({
  status: Status,
  name: Type.Optional(NameInput),
  metadata: Type.Optional(Metadata),
});

export const ConversationPatch = Type.Object({
  status: Type.Optional(Status),
  name: Type.Optional(NameInput),
  configuration: Type.Optional(
    Type.Object({
      statusCallbacks: Type.Optional(
        Type.Union([Type.Array(StatusCallbackInput, { maxItems: conversationCallbacksMax }), Type.Null()]),
      ),
    }),
  ),
  metadata: Type.Optional(Type.Record(Type.String(), Type.Union([MetadataValue, Type.Null()]), metadataKeys)),
});

export const ConversationItemPath = Type.Object({ id: Type.String() });
/** Path of everything below a conversation. */
export const ConversationPath = Type.Object({ conversationId: Type.String() });

const statusText = { description: 'Statuses to keep: repeated, or joined with commas.' };
export const ConversationQuery = Type.Object({
  ...pageParameters,
  status: Type.Optional(
    Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: statusValuesMax })], statusText),
  ),
  channelId: Type.Optional(Type.String()),
});

/** The statuses that a list is to keep, each once and in one order; none for all of them. */
export function toStatuses(status: string | readonly string[] | undefined): ConversationStatus[] {
  const asked = [status ?? []].flat().flatMap((value) => value.split(','));
  const names = new Set(asked.map((name) => name.trim()).filter((name) => name !== ''));
  const known = conversationStatuses.filter((name) => names.has(name));
  if (known.length !== names.size) {
    throw errors.invalid('status', `must be one of ${JSON.stringify(conversationStatuses)}`);
  }
  return known;
}

export const ConversationReply = Type.Object({
  id: Type.String(),
  accountId: Type.String(),
  configurationId: Type.String(),
  status: Status,
  name: Type.Union([Type.String(), Type.Null()]),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  configuration: ConfigurationSnapshot,
  metadata: Type.Record(Type.String(), Type.String()),
  participants: Type.Array(ParticipantReply),
});

export const conversationList = { key: 'conversations', sortKey: ['text'], sizeMax: 1000 } as const;
export const ConversationList = pageOf(conversationList.key, ConversationReply);

export function toWire({
  row,
  configuration,
  participants,
}: ConversationState): Static<typeof ConversationReply> {
  return {
    id: row.id,
    accountId: row.account_id,
    configurationId: row.configuration_id,
    status: row.status,
    name: row.name,
    createdAt: toTimestamp(row.created_at),
    updatedAt: toTimestamp(row.updated_at),
    // Stored in the form of the API.
    configuration: configuration as Static<typeof ConfigurationSnapshot>,
    metadata: decodeJson<Record<string, string>>(row.metadata_json),
    participants: participants.map(toParticipantWire),
  };
}
