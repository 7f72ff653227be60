import Type, { type Static } from 'typebox';

const addressLengthMax = 254;
const sidLengthMax = 256;
const wordLengthMax = 64;
const textLengthMax = 1_000_000;
const nameLengthMax = 256;

export const Sid = Type.String({ minLength: 1, maxLength: sidLengthMax });
export const Address = Type.String({ minLength: 1, maxLength: addressLengthMax });
export const Word = Type.String({ maxLength: wordLengthMax });

/** What a messaging webhook posts (conversations-semantics section 6). Whatever else a provider sends plays no part. */
export const MessageForm = Type.Object({
  MessageSid: Type.Optional(Sid),
  SmsMessageSid: Type.Optional(Sid),
  SmsSid: Type.Optional(Sid),
  AccountSid: Type.Optional(Sid),
  From: Address,
  To: Address,
  Body: Type.Optional(Type.String({ maxLength: textLengthMax })),
  NumMedia: Type.Optional(Word),
  Direction: Type.Optional(Word),
  SmsStatus: Type.Optional(Word),
  MessageStatus: Type.Optional(Word),
  ProfileName: Type.Optional(Type.String({ maxLength: nameLengthMax })),
});
export type MessageForm = Static<typeof MessageForm>;

/** What a delivery receipt posts. */
export const StatusForm = Type.Object({
  MessageSid: Type.Optional(Sid),
  SmsSid: Type.Optional(Sid),
  AccountSid: Type.Optional(Sid),
  MessageStatus: Type.Optional(Word),
  SmsStatus: Type.Optional(Word),
});
export type StatusForm = Static<typeof StatusForm>;

/** What a webhook is answered with: a document that has nothing more to be done. */
export const emptyMarkup = '<Response/>';
export const markupType = 'text/xml; charset=utf-8';
