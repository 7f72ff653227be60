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

/** Finds participants by address; see `indexByAddress`. */
export interface AddressIndex<P> {
  find(party: ChannelAddress): P | undefined;
}

/**
 * The participants by their addresses. A party is found by channel and address as written, else by the same address written
 * otherwise, else by the same address on another channel; who came first is found first.
 */
export function indexByAddress<P extends Pick<Participant, 'addresses'>>(
  participants: readonly P[],
): AddressIndex<P> {
  const places = participants.flatMap((participant) =>
    participant.addresses.map((address) => ({ participant, address })),
  );
  // Numbers are parsed only when somebody is not found as written, and then once.
  let comparable: { participant: P; channel: string; bare: string }[] | undefined;
  const toComparable = () =>
    places.map(({ participant, address }) => ({
      participant,
      channel: address.channel,
      bare: bareAddress(address),
    }));
  return {
    find(party) {
      const written = places.find(
        ({ address }) => address.channel === party.channel && address.address === party.address,
      );
      if (written) return written.participant;
      comparable ??= toComparable();
      const bare = bareAddress(party);
      const same = comparable.filter((place) => place.bare === bare);
      return (same.find(({ channel }) => channel === party.channel) ?? same[0])?.participant;
    },
  };
}

/** The participant that holds one of these addresses on its channel; nobody else in the conversation may have it then. */
export function findHolder<P extends Pick<Participant, 'addresses'>>(
  participants: readonly P[],
  addresses: readonly ChannelAddress[],
): P | undefined {
  const taken = new Set(addresses.map(placeOf));
  return participants.find((participant) => participant.addresses.some((held) => taken.has(placeOf(held))));
}

/** Position of the first draft that has an address of an earlier one; undefined when nobody shares one. */
export function findRepeated(drafts: readonly ParticipantDraft[]): number | undefined {
  const taken = new Set<string>();
  const at = drafts.findIndex((draft) => {
    const places = toAddresses(draft).map(placeOf);
    const isRepeated = places.some((place) => taken.has(place));
    for (const place of places) taken.add(place);
    return isRepeated;
  });
  return at < 0 ? undefined : at;
}

function placeOf(address: ChannelAddress): string {
  return `${address.channel} ${bareAddress(address)}`;
}

/** Whether a conversation can hold so many participants. */
export function hasRoomFor(participants: readonly unknown[]): boolean {
  return participants.length <= participantsMax;
}

/** 400 when the conversation would hold more participants than it can. */
export function assertRoomFor(participants: readonly unknown[]): void {
  if (!hasRoomFor(participants)) {
    throw errors.invalid('participants', `a conversation holds at most ${participantsMax}`);
  }
}
