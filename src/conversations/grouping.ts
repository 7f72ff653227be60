import { createHash } from 'node:crypto';
import { bareAddress, type ChannelAddress } from './address.ts';

export const groupingTypes = [
  'GROUP_BY_PROFILE',
  'GROUP_BY_PARTICIPANT_ADDRESSES',
  'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE',
] as const;
export type GroupingType = (typeof groupingTypes)[number];

/** What grouping looks at in a participant. */
export interface GroupingParty {
  readonly type: string;
  readonly profileId?: string | undefined;
  readonly addresses: readonly ChannelAddress[];
}

/**
 * The keys under which a conversation of these parties is found again (conversations-semantics section 4). Two conversations
 * of one configuration are the same when they share a key; of several live ones the newest is found.
 *
 * - by addresses and channel: one key for each channel, over the addresses on it
 * - by addresses: one key over all addresses, whatever their channels
 * - by profile: one key over the customers' profiles; while a customer has none, the key by addresses, so that the messages
 *   of somebody unknown stay together
 *
 * Parties without addresses have no key, and neither has a conversation without parties. The order of parties and addresses
 * does not matter.
 */
export function groupingKeys(type: GroupingType, parties: readonly GroupingParty[]): string[] {
  const addresses = parties.flatMap((party) => party.addresses);
  switch (type) {
    case 'GROUP_BY_PARTICIPANT_ADDRESSES_AND_CHANNEL_TYPE':
      return channelKeys(addresses);
    case 'GROUP_BY_PARTICIPANT_ADDRESSES':
      return addressKeys(addresses);
    case 'GROUP_BY_PROFILE':
      return profileKeys(parties) ?? addressKeys(addresses);
  }
}

function channelKeys(addresses: readonly ChannelAddress[]): string[] {
  const channels = [...new Set(addresses.map(({ channel }) => channel))].sort();
  return channels.map((channel) =>
    keyOf(`channel:${channel}`, addresses.filter((address) => address.channel === channel).map(bareAddress)),
  );
}

function addressKeys(addresses: readonly ChannelAddress[]): string[] {
  return addresses.length > 0 ? [keyOf('addresses', addresses.map(bareAddress))] : [];
}

function profileKeys(parties: readonly GroupingParty[]): string[] | undefined {
  const profileIds: string[] = [];
  for (const { type, profileId } of parties) {
    if (type !== 'CUSTOMER') continue;
    if (profileId === undefined) return undefined;
    profileIds.push(profileId);
  }
  return profileIds.length > 0 ? [keyOf('profile', profileIds)] : undefined;
}

/** A digest, because the parties of a conversation may be too many for an index entry. */
function keyOf(kind: string, values: readonly string[]): string {
  const set = [...new Set(values)].sort();
  return `${kind}:${createHash('sha256').update(JSON.stringify(set)).digest('base64url')}`;
}
