import Type, { type Static } from 'typebox';
import { pageOf, Timestamp } from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import { addressChannels } from '../address.ts';
import { nameOf, type Participant, participantTypes } from './roster.ts';

/** Schemas of conversations-v2.yaml, tag Participant. */
export const addressLengthMax = 254;
export const nameLengthMax = 256;
export const idLengthMax = 256;
const addressesMax = 50;
/** Participants that a conversation can be created with. */
export const inlineParticipantsMax = 50;

export const Channel = Type.Enum(addressChannels);
export const AddressText = Type.String({ minLength: 1, maxLength: addressLengthMax });
export const ChannelId = Type.Union([Type.String({ minLength: 1, maxLength: idLengthMax }), Type.Null()]);
export const NameInput = Type.Union([Type.String({ maxLength: nameLengthMax }), Type.Null()]);

const AddressInput = Type.Object({
  channel: Channel,
  address: AddressText,
  channelId: Type.Optional(ChannelId),
});
const AddressesInput = Type.Array(AddressInput, { maxItems: addressesMax });

const participantMembers = {
  name: Type.Optional(NameInput),
  type: Type.Optional(Type.Enum(participantTypes)),
  profileId: Type.Optional(Type.Union([Type.String({ minLength: 1, maxLength: idLengthMax }), Type.Null()])),
};

/** A participant of a conversation that is being created, and the body of PUT. */
export const ParticipantInput = Type.Object({
  ...participantMembers,
  addresses: Type.Optional(AddressesInput),
});
export const ParticipantCreate = Type.Object({ ...participantMembers, addresses: AddressesInput });

export const ParticipantReply = Type.Object({
  id: Type.String(),
  conversationId: Type.String(),
  accountId: Type.String(),
  name: Type.String(),
  type: Type.Enum(participantTypes),
  profileId: Type.Optional(Type.String()),
  addresses: Type.Array(
    Type.Object({
      channel: Channel,
      address: Type.String(),
      channelId: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});

export const participantList = { key: 'participants', sortKey: ['text'], sizeMax: 1000 } as const;
export const ParticipantList = pageOf(participantList.key, ParticipantReply);

export function toWire(participant: Participant): Static<typeof ParticipantReply> {
  return {
    id: participant.id,
    conversationId: participant.conversationId,
    accountId: participant.accountId,
    name: nameOf(participant),
    type: participant.type,
    ...(participant.profileId === undefined ? {} : { profileId: participant.profileId }),
    // Written with a channel of the schema.
    addresses: participant.addresses as Static<typeof ParticipantReply>['addresses'],
    createdAt: toTimestamp(participant.createdAt),
    updatedAt: toTimestamp(participant.updatedAt),
  };
}
