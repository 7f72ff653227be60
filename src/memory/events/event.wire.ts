import Type, { type Static } from 'typebox';
import { Timestamp } from '../../http/index.ts';
import { ConversationId } from '../access/index.ts';

/** Schemas and limits of memory-v1.yaml, tag Event. */
const EventParty = Type.Object({
  address: Type.String({ maxLength: 320 }),
  participantId: Type.String({ pattern: '^comms_participant_[0-7][0-9a-z]{25}$' }),
});

export const ProfileEvent = Type.Object({
  timestamp: Timestamp,
  lifecycle: Type.String({ maxLength: 50 }),
  conversationId: ConversationId,
  communicationId: Type.Optional(Type.String({ pattern: '^comms_communication_[0-7][0-9a-z]{25}$' })),
  communicationType: Type.String({ maxLength: 20 }),
  communicationStatus: Type.Optional(Type.String({ maxLength: 20 })),
  direction: Type.Optional(Type.Enum(['INBOUND', 'OUTBOUND'])),
  sender: Type.Optional(EventParty),
  recipient: Type.Optional(EventParty),
  errorCode: Type.Optional(Type.String({ maxLength: 10 })),
  errorMessage: Type.Optional(Type.String({ maxLength: 512 })),
});
export type ProfileEvent = Static<typeof ProfileEvent>;

const eventsPerRequest = 1000;
/** As many events with every text at its limit, of characters of four bytes. */
export const eventsMaxBytes = 8 * 1024 * 1024;

export const ProfileEventRequest = Type.Object({
  type: Type.Enum(['twilio-communication-event', 'twilio-comms-lifecycle']),
  events: Type.Array(ProfileEvent, { maxItems: eventsPerRequest }),
});
export type ProfileEventRequest = Static<typeof ProfileEventRequest>;
