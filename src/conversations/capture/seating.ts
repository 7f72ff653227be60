import type { Tx } from '../../storage/index.ts';
import { bareAddress } from '../address.ts';
import {
  type ConversationContext,
  type ConversationState,
  emitParticipants,
  newParticipant,
  refOf,
  settleParticipants,
} from '../conversations/index.ts';
import {
  indexByAddress,
  insertParticipants,
  type Participant,
  type ParticipantAddress,
  resolveCustomer,
  updateParticipantRow,
} from '../participants/index.ts';
import type { ChannelParty, TypedParty } from './party-typing.ts';

/** The participants of a conversation once the parties of a message have their seats. */
export interface Seating {
  readonly roster: readonly Participant[];
  /** Who stands for each party, in the order of the parties. */
  readonly seated: readonly Participant[];
}

/**
 * The participant that stands for a party: by its address, on this channel or another, else by its profile. A customer who
 * writes from another address is the same person; two addresses of the account are not, since somebody else may answer there.
 */
export function findSeat(
  participants: readonly Participant[],
  party: ChannelParty & Partial<Pick<TypedParty, 'profileId' | 'formerProfileIds'>>,
): Participant | undefined {
  const profileIds = [party.profileId, ...(party.formerProfileIds ?? [])];
  return (
    indexByAddress(participants).find(party) ??
    participants.find(({ profileId }) => profileId !== undefined && profileIds.includes(profileId))
  );
}

/** The parties as the participants that they are; undefined when somebody is new, or not known to be anything. */
export function typeAsSeated(
  participants: readonly Participant[],
  parties: readonly ChannelParty[],
): TypedParty[] | undefined {
  const typed: TypedParty[] = [];
  for (const party of parties) {
    const seat = findSeat(participants, party);
    if (!seat || seat.type === 'UNKNOWN') return undefined;
    typed.push({ ...party, type: seat.type, profileId: seat.profileId, formerProfileIds: [] });
  }
  return typed;
}

/**
 * Gives every party a seat: one that is there already, with the address and the call or chat that it is reached at now, or a
 * new one. Stores nothing but the profiles of new customers.
 */
export async function seatParties(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  parties: readonly TypedParty[],
  channelId: string | undefined,
): Promise<Seating> {
  const roster = [...state.participants];
  const places: number[] = [];
  for (const party of parties) {
    const current = findSeat(roster, party);
    const at = current ? roster.indexOf(current) : roster.length;
    roster[at] = current
      ? await meetAgain(tx, context, state, current, party, channelId)
      : await meet(tx, context, state, party, channelId);
    places.push(at);
  }
  // Every place was filled above.
  return { roster, seated: places.map((at) => roster[at] as Participant) };
}

/** Stores what the seating has changed, in a conversation that is held; it may come to have the same parties as another one. */
export async function applySeating(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  roster: readonly Participant[],
): Promise<ConversationState> {
  const before = new Map(state.participants.map((participant) => [participant.id, participant]));
  const joined = roster.filter(({ id }) => !before.has(id));
  const changed = roster.filter((participant) => (before.get(participant.id) ?? participant) !== participant);
  if (joined.length + changed.length === 0) return state;
  for (const participant of changed) await updateParticipantRow(tx, participant);
  await insertParticipants(tx, joined);
  const settled = await settleParticipants(tx, context, state, roster, 'share');
  await emitParticipants(tx, context, settled, 'PARTICIPANT_UPDATED', changed);
  await emitParticipants(tx, context, settled, 'PARTICIPANT_ADDED', joined);
  return settled;
}

/** A participant as it is after a party spoke for it; the same object when nothing is new. What was known of it stays. */
async function meetAgain(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  current: Participant,
  party: TypedParty,
  channelId: string | undefined,
): Promise<Participant> {
  const type = current.type === 'UNKNOWN' ? party.type : current.type;
  const profileId = isProfileNews(current, party)
    ? await profileOf(tx, context, state, party)
    : current.profileId;
  const addresses = withAddress(current.addresses, party, channelId);
  if (addresses === current.addresses && type === current.type && profileId === current.profileId)
    return current;
  return { ...current, addresses, type, profileId, updatedAt: context.clock.now() };
}

/** Nobody knew the customer before, or two profiles became one since. */
function isProfileNews({ type, profileId }: Participant, party: TypedParty): boolean {
  if (party.type !== 'CUSTOMER') return false;
  if (profileId !== undefined) return party.formerProfileIds.includes(profileId);
  return type === 'UNKNOWN' || (type === 'CUSTOMER' && party.profileId !== undefined);
}

async function meet(
  tx: Tx,
  context: ConversationContext,
  state: ConversationState,
  party: TypedParty,
  channelId: string | undefined,
): Promise<Participant> {
  return newParticipant(context, refOf(state.row), {
    givenName: party.name ?? '',
    type: party.type,
    profileId: await profileOf(tx, context, state, party),
    addresses: withAddress([], party, channelId),
  });
}

/** A customer's profile; one is created where there is none. */
async function profileOf(
  tx: Tx,
  context: ConversationContext,
  { row, configuration }: ConversationState,
  party: TypedParty,
): Promise<string | undefined> {
  if (party.type !== 'CUSTOMER' || party.profileId !== undefined) return party.profileId;
  const scope = { ...refOf(row), memoryStoreId: configuration.memoryStoreId };
  return resolveCustomer(tx, context, scope, [party]);
}

/** The addresses with the one that a party uses, in the call or chat that it is in now; the same list when it is there. */
function withAddress(
  addresses: readonly ParticipantAddress[],
  party: ChannelParty,
  channelId: string | undefined,
): readonly ParticipantAddress[] {
  const bare = bareAddress(party);
  const at = addresses.findIndex((held) => held.channel === party.channel && bareAddress(held) === bare);
  const held = addresses[at];
  if (!held) {
    return [...addresses, { channel: party.channel, address: party.address, channelId: channelId ?? null }];
  }
  if (channelId === undefined || held.channelId === channelId) return addresses;
  return addresses.with(at, { ...held, channelId });
}
