import Type, { type Static, type TSchema } from 'typebox';
import { Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { ConversationPath } from '../conversations/index.ts';
import { AddressText, Channel, idLengthMax } from '../participants/index.ts';
import type { Action } from './action.store.ts';

/** Schemas of conversations-v2.yaml, tag Action. */
const recipientsMax = 100;
/** Over what any channel carries; providers have shorter limits of their own. */
const textLengthMax = 65_536;
const mediaUrlsMax = 10;
const mediaUrlLengthMax = 2048;
const variablesMax = 100;
const variableNameLengthMax = 128;
const variableLengthMax = 4096;
const settingsMax = 50;
const settingNameLengthMax = 128;

/** Both names of the one type that there is; the answer has the one that was asked for. */
const actionTypes = ['SEND_MESSAGE', 'action-send-message'] as const;

/** Left out, or null, which clients write for it. */
const optional = <Schema extends TSchema>(schema: Schema) => Type.Optional(Type.Union([schema, Type.Null()]));

const ActionParty = Type.Object({
  participantId: optional(Type.String({ minLength: 1, maxLength: idLengthMax })),
  address: optional(AddressText),
  channel: optional(Channel),
});
export type ActionPartyInput = Static<typeof ActionParty>;

const SendContent = Type.Object(
  {
    text: optional(Type.String({ maxLength: textLengthMax })),
    contentId: optional(Type.String({ pattern: '^HX[0-9a-fA-F]{32}$' })),
    variables: optional(
      Type.Record(Type.String(), Type.String({ maxLength: variableLengthMax }), {
        maxProperties: variablesMax,
        propertyNames: { minLength: 1, maxLength: variableNameLengthMax },
      }),
    ),
    mediaUrls: optional(
      Type.Array(Type.String({ format: 'uri', pattern: '^https?://', maxLength: mediaUrlLengthMax }), {
        maxItems: mediaUrlsMax,
      }),
    ),
  },
  { additionalProperties: false },
);
export type SendContentInput = Static<typeof SendContent>;

const ChannelSettings = Type.Record(Type.String(), Type.Unknown(), {
  maxProperties: settingsMax,
  propertyNames: { minLength: 1, maxLength: settingNameLengthMax },
  description: 'Handed to the sender as they are.',
});

export const ActionCreate = Type.Object({
  type: Type.Enum(actionTypes),
  payload: Type.Object({
    from: ActionParty,
    to: Type.Array(ActionParty, { minItems: 1, maxItems: recipientsMax }),
    content: SendContent,
    channelSettings: optional(ChannelSettings),
  }),
});
export type ActionCreate = Static<typeof ActionCreate>;

export const ActionPath = Type.Object({ ...ConversationPath.properties, actionId: Type.String() });

export const ActionReply = Type.Object({
  id: Type.String(),
  type: Type.String(),
  status: Type.Enum(['PENDING', 'COMPLETED', 'FAILED']),
  conversationId: Type.String(),
  related: Type.Optional(
    Type.Object({
      messageSid: Type.Optional(Type.String()),
      communicationId: Type.Optional(Type.String()),
    }),
  ),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  completedAt: Type.Union([Timestamp, Type.Null()]),
  failureReason: Type.Union([Type.String(), Type.Null()]),
});

export function toWire(action: Action): Static<typeof ActionReply> {
  const { messageSid, communicationId, completedAt, failureReason = null } = action;
  const related = {
    ...(messageSid === undefined ? {} : { messageSid }),
    ...(communicationId === undefined ? {} : { communicationId }),
  };
  return {
    id: action.id,
    type: action.type,
    status: action.status,
    conversationId: action.conversationId,
    ...(Object.keys(related).length > 0 ? { related } : {}),
    createdAt: toTimestamp(action.createdAt),
    updatedAt: toTimestamp(action.updatedAt),
    completedAt: completedAt === undefined ? null : toTimestamp(completedAt),
    failureReason,
  };
}
