import { errors } from '../../errors/index.ts';
import { type AddressChannel, bareAddress, type ChannelAddress } from '../address.ts';

export const participantTypes = ['HUMAN_AGENT', 'CUSTOMER', 'AI_AGENT', 'AGENT', 'UNKNOWN'] as const;
export type ParticipantType = (typeof participantTypes)[number];

/** Participants that a conversation can hold. All of them are read with each write to it. */
const participantsMax = 1000;

/** An address with the text and the channel resource as the caller gave them. */
export interface ParticipantAddress extends ChannelAddress {
  readonly channelId: string | null;
}

/** An actor in a conversation. Times in milliseconds. */
export interface Participant {
  readonly id: string;
  readonly conversationId: string;
  readonly accountId: string;
  /** The name that a caller gave; empty when none did. */
  readonly givenName: string;
  readonly type: ParticipantType;
  readonly profileId: string | undefined;
  readonly addresses: readonly ParticipantAddress[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What a caller says about a participant. */
export interface ParticipantDraft {
  readonly name?: string | null;
  readonly type?: ParticipantType;
  readonly profileId?: string | null;
  readonly addresses?: readonly {
    readonly channel: AddressChannel;
    readonly address: string;
    readonly channelId?: string | null;
  }[];
}

/** Clients need a text here, so the first address stands in for a name that nobody gave (conversations-semantics section 8). */
export function nameOf({ givenName, addresses }: Pick<Participant, 'givenName' | 'addresses'>): string {
  return givenName || (addresses[0]?.address ?? '');
}

export function toAddresses(draft: ParticipantDraft): ParticipantAddress[] {
  return (draft.addresses ?? []).map(({ channel, address, channelId }) => ({
    channel,
    address,
    channelId: channelId ?? null,
  }));
}

/**
 * The participant that a party of a communication is: by channel and address as written, else by the same address written
 * otherwise, else by the same address on another channel.
 */
export function findByAddress<P extends Pick<Participant, 'addresses'>>(
  participants: readonly P[],
  party: ChannelAddress,
): P | undefined {
  const bare = bareAddress(party);
  const matches: ((address: ChannelAddress) => boolean)[] = [
    (address) => address.channel === party.channel && address.address === party.address,
    (address) => address.channel === party.channel && bareAddress(address) === bare,
    (address) => bareAddress(address) === bare,
  ];
  for (const isMatch of matches) {
    const found = participants.find(({ addresses }) => addresses.some(isMatch));
    if (found) return found;
  }
  return undefined;
}

/** The participant that holds one of these addresses on its channel; nobody else in the conversation may have it then. */
export function findHolder<P extends Pick<Participant, 'addresses'>>(
  participants: readonly P[],
  addresses: readonly ChannelAddress[],
): P | undefined {
  const taken = new Set(addresses.map(placeOf));
  return participants.find((participant) => participant.addresses.some((held) => taken.has(placeOf(held))));
}

function placeOf(address: ChannelAddress): string {
  return `${address.channel} ${bareAddress(address)}`;
}

/** 400 when the conversation would hold more participants than it can. */
export function assertRoomFor(participants: readonly unknown[]): void {
  if (participants.length > participantsMax) {
    throw errors.invalid('participants', `a conversation holds at most ${participantsMax}`);
  }
}
