import Type, { type Static } from 'typebox';
import { Address, Sid, Word } from './message.wire.ts';

const dataLengthMax = 1_000_000;

/** About a call, in the query of the callback URL or in the form; the query goes first. */
const callParameters = {
  AccountSid: Type.Optional(Sid),
  From: Type.Optional(Address),
  To: Type.Optional(Address),
  CallType: Type.Optional(Word),
  conversationId: Type.Optional(Sid),
  conversationConfiguration: Type.Optional(Sid),
};

export const TranscriptionQuery = Type.Object(callParameters);
export type TranscriptionQuery = Static<typeof TranscriptionQuery>;

/** What a real-time transcription callback posts (conversations-semantics section 6). */
export const TranscriptionForm = Type.Object({
  ...callParameters,
  TranscriptionEvent: Word,
  CallSid: Sid,
  TranscriptionSid: Type.Optional(Sid),
  SequenceId: Type.Optional(Word),
  Timestamp: Type.Optional(Word),
  Final: Type.Optional(Word),
  Track: Type.Optional(Word),
  TranscriptionData: Type.Optional(Type.String({ maxLength: dataLengthMax })),
});
export type TranscriptionForm = Static<typeof TranscriptionForm>;
