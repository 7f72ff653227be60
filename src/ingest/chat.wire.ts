import Type, { type Static } from 'typebox';
import { Timestamp } from '../http/index.ts';

const idLengthMax = 256;
const addressLengthMax = 254;
const nameLengthMax = 256;
const messageIdLengthMax = 512;
const textLengthMax = 1_000_000;
const recipientsMax = 100;

const Id = Type.String({ minLength: 1, maxLength: idLengthMax });
const Identity = Type.String({ minLength: 1, maxLength: addressLengthMax });

const ChatParty = Type.Object({
  identity: Type.Optional(Identity),
  address: Type.Optional(
    Type.String({ minLength: 1, maxLength: addressLengthMax, description: 'Another word for identity.' }),
  ),
  name: Type.Optional(
    Type.String({ maxLength: nameLengthMax, description: 'Name of the participant, when it is new.' }),
  ),
  role: Type.Optional(
    Type.Enum(['CUSTOMER', 'AGENT', 'AI_AGENT', 'HUMAN_AGENT'], {
      description:
        'Type of the participant, when it is new. Left out: told from owned addresses and profiles.',
    }),
  ),
});
export type ChatParty = Static<typeof ChatParty>;

/** A chat message; Rapport's own form. */
export const ChatMessage = Type.Object({
  accountSid: Type.Optional(
    Type.String({ maxLength: idLengthMax, description: 'Needed when the request is signed.' }),
  ),
  channelId: Type.String({ minLength: 1, maxLength: idLengthMax, description: 'SID of the chat.' }),
  chatService: Type.Optional(
    Type.String({
      maxLength: idLengthMax,
      description: 'SID of the chat service (IS...), for capture rules and bridges.',
    }),
  ),
  messageId: Type.String({
    minLength: 1,
    maxLength: messageIdLengthMax,
    description: 'Becomes the resourceId: the message is recorded once.',
  }),
  text: Type.String({ maxLength: textLengthMax }),
  author: ChatParty,
  recipients: Type.Optional(
    Type.Array(ChatParty, { maxItems: recipientsMax, description: 'Left out: everybody else in the chat.' }),
  ),
  occurredAt: Type.Optional(Timestamp),
  conversationId: Type.Optional(Id),
  configurationId: Type.Optional(Id),
});
export type ChatMessage = Static<typeof ChatMessage>;

export const ChatReply = Type.Object({
  communications: Type.Array(
    Type.Object({
      configurationId: Type.String(),
      conversationId: Type.String(),
      communicationId: Type.String(),
    }),
  ),
});
