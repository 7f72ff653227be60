import { errors } from '../../errors/index.ts';
import { type SendChannel, sendChannels } from '../../senders/index.ts';
import { type AddressChannel, bareAddress, phoneNumberOf } from '../address.ts';
import type { Participant } from '../participants/index.ts';
import type { ActionPartyInput } from './action.wire.ts';

/** A party with the address that it stands for; whose it is, is left out where the caller has not said. */
export interface ResolvedParty {
  readonly participantId?: string;
  readonly address: string;
  readonly channel: AddressChannel;
}

export interface ResolvedParties {
  readonly channel: SendChannel;
  readonly from: ResolvedParty;
  readonly to: readonly ResolvedParty[];
}

/**
 * The addresses behind the parties of an action. A party is named in one of three ways (conversations-semantics section 10):
 * by participant and channel, by a participant that has one address only, or by address and channel. 400 when that fits no
 * address or several, when the channel cannot send, and when not all are on one channel or one of them is named twice.
 */
export function resolveParties(
  participants: readonly Participant[],
  { from, to }: { from: ActionPartyInput; to: readonly ActionPartyInput[] },
): ResolvedParties {
  const sender = resolveParty(participants, from, 'payload.from');
  const channel = sendChannels.find((name) => name === sender.channel);
  if (!channel) {
    throw errors.invalid(
      'payload.from.channel',
      `must be one of ${JSON.stringify(sendChannels)}: nothing can be sent on ${sender.channel}`,
    );
  }
  const recipients = to.map((party, at) => resolveParty(participants, party, `payload.to.${at}`));
  assertOneChannel(channel, recipients);
  assertDistinct(recipients);
  return { channel, from: sender, to: recipients };
}

function resolveParty(
  participants: readonly Participant[],
  party: ActionPartyInput,
  name: string,
): ResolvedParty {
  if (party.participantId != null) return resolveParticipant(participants, party, name);
  const { address, channel } = party;
  if (address == null) {
    throw errors.invalid(name, 'must have a participantId, or an address and its channel');
  }
  if (channel == null) throw errors.invalid(`${name}.channel`, 'must not be null');
  return { address, channel };
}

function resolveParticipant(
  participants: readonly Participant[],
  { participantId, channel, address }: ActionPartyInput,
  name: string,
): ResolvedParty {
  const refuse = (reason: string) => errors.invalid(`${name}.participantId`, reason);
  const participant = participants.find(({ id }) => id === participantId);
  if (!participant) throw refuse('is not a participant of this conversation');
  const fitting = participant.addresses
    .filter((own) => channel == null || own.channel === channel)
    .filter((own) => address == null || isSame(own, { channel: own.channel, address }));
  const [found, ...others] = fitting;
  const where = channel == null ? '' : ` on ${channel}`;
  if (!found) throw refuse(address == null ? `has no address${where}` : `has another address${where}`);
  if (others.some((other) => !isSame(other, found))) {
    throw refuse(`has several addresses${where}; name the ${channel == null ? 'channel' : 'address'} too`);
  }
  // Participants have channels of the schema only.
  return { participantId: participant.id, address: found.address, channel: found.channel as AddressChannel };
}

function assertOneChannel(channel: SendChannel, recipients: readonly ResolvedParty[]): void {
  const other = recipients.findIndex((recipient) => recipient.channel !== channel);
  if (other >= 0) {
    throw errors.invalid(`payload.to.${other}.channel`, `must be ${channel}, the channel of payload.from`);
  }
}

function assertDistinct(recipients: readonly ResolvedParty[]): void {
  const first = new Map<string, number>();
  for (const [at, recipient] of recipients.entries()) {
    const same = first.get(bareAddress(recipient));
    if (same !== undefined)
      throw errors.invalid(`payload.to.${at}`, `is the recipient of payload.to.${same}`);
    first.set(bareAddress(recipient), at);
  }
}

function isSame(
  one: { channel: string; address: string },
  other: { channel: string; address: string },
): boolean {
  return one.channel === other.channel && bareAddress(one) === bareAddress(other);
}

/**
 * An address as providers take it: telephone numbers in E.164, and with `whatsapp:` or `rcs:` in front on those channels,
 * where participants may have them without.
 *
 * @example
 * providerAddress({ channel: 'WHATSAPP', address: '+1 202-555-0123' }); // 'whatsapp:+12025550123'
 */
export function providerAddress(party: { channel: SendChannel; address: string }): string {
  const bare = phoneNumberOf(party) ?? bareAddress(party);
  switch (party.channel) {
    case 'WHATSAPP':
      return `whatsapp:${bare}`;
    case 'RCS':
      return `rcs:${bare}`;
    default:
      return bare;
  }
}
