/** Participants as their conversation sees them. The endpoints, which need the conversation, are in the room's own door. */
export {
  findParticipant,
  forgetProfiles,
  insertParticipants,
  listConversationIdsOf,
  listLiveConversationIdsOf,
  listParticipantPage,
  listParticipantsOf,
  updateParticipantRow,
} from './participant.store.ts';
export {
  AddressText,
  Channel,
  ChannelId,
  idLengthMax,
  inlineParticipantsMax,
  NameInput,
  ParticipantInput,
  ParticipantReply,
  toWire as toParticipantWire,
} from './participant.wire.ts';
export {
  findCustomer,
  type ResolutionScope,
  recogniseCustomer,
  resolveCustomer,
  resolveNewcomer,
} from './profile-resolution.ts';
export {
  assertRoomFor,
  findRepeated,
  hasRoomFor,
  indexByAddress,
  nameOf,
  type Participant,
  type ParticipantAddress,
  type ParticipantDraft,
  type ParticipantType,
  participantTypes,
  toAddresses,
} from './roster.ts';
