import Type, { type Static } from 'typebox';
import { pageOf, pageParameters, Timestamp } from '../http/index.ts';
import { toTimestamp } from '../runtime/clock.ts';
import type { OutboxMessage } from './outbox.ts';
import { sendChannels } from './sender.ts';

const idLengthMax = 256;

export const OutboxQuery = Type.Object({
  ...pageParameters,
  conversationId: Type.Optional(
    Type.String({ maxLength: idLengthMax, description: 'Messages of this conversation only.' }),
  ),
});

const OutboxReply = Type.Object({
  messageSid: Type.String(),
  conversationId: Type.String(),
  actionId: Type.String(),
  channel: Type.Enum(sendChannels),
  from: Type.String(),
  to: Type.Array(Type.String()),
  content: Type.Object({
    text: Type.Optional(Type.String()),
    contentId: Type.Optional(Type.String()),
    variables: Type.Optional(Type.Record(Type.String(), Type.String())),
    mediaUrls: Type.Optional(Type.Array(Type.String())),
  }),
  channelSettings: Type.Object({}, { additionalProperties: true }),
  createdAt: Timestamp,
});

export const outboxList = { key: 'messages', sortKey: ['text'], sizeMax: 1000 } as const;
export const OutboxList = pageOf(outboxList.key, OutboxReply);

export function toWire(message: OutboxMessage): Static<typeof OutboxReply> {
  const { messageSid, conversationId, actionId, channel, from, to, content, channelSettings, createdAt } =
    message;
  const { mediaUrls, ...rest } = content;
  return {
    messageSid,
    conversationId,
    actionId,
    channel,
    from,
    to: [...to],
    content: { ...rest, ...(mediaUrls ? { mediaUrls: [...mediaUrls] } : {}) },
    channelSettings,
    createdAt: toTimestamp(createdAt),
  };
}
