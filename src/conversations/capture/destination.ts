import type { Context } from '../../runtime/context.ts';
import type { Tx } from '../../storage/index.ts';
import type { ConfigurationSettings } from '../configurations/index.ts';
import {
  type ConversationState,
  findConversation,
  findKeyHolder,
  holdConversation,
  listInChannel,
} from '../conversations/index.ts';
import { groupingKeys } from '../grouping.ts';
import type { ChannelParty, TypedParty } from './party-typing.ts';
import { findSeat } from './seating.ts';

/** What decides which conversation of a configuration a message belongs to. */
export interface Grouping {
  readonly accountId: string;
  readonly configurationId: string;
  readonly settings: ConfigurationSettings;
  readonly parties: readonly ChannelParty[];
  /** The call or the chat. */
  readonly channelId: string | undefined;
  /** The parties with their types and profiles. */
  readonly typed: () => Promise<readonly TypedParty[]>;
}

/** How conversations are read: held until the end of the transaction, or only looked at. */
export type ReadState = (tx: Tx, conversationId: string) => Promise<ConversationState | undefined>;

export function holdIn(context: Pick<Context, 'db'>, accountId: string): ReadState {
  return (tx, conversationId) => holdConversation(tx, context, { accountId, conversationId });
}

export function lookIn(accountId: string): ReadState {
  return (tx, conversationId) => findConversation(tx, { accountId, conversationId });
}

/** The state of the world has changed under a capture: its transaction is rolled back and begins again. */
export class LookAgain extends Error {
  override readonly name = 'LookAgain';
}

/** Live conversations that one call or chat is in, in one configuration; the newest are looked at. */
const inChannelMax = 10;
const looksMax = 5;

/**
 * The live conversation that a message belongs to; undefined when there is none. First the one that its call or chat is in
 * already: who else has joined there since changes its grouping key, but not where the call goes. Then the one that holds the
 * grouping key (conversations-semantics section 4).
 */
export async function findDestination(
  tx: Tx,
  read: ReadState,
  grouping: Grouping,
): Promise<ConversationState | undefined> {
  const inChannel = await findInChannel(tx, read, grouping);
  if (inChannel) return inChannel;
  for (const key of await soughtKeys(grouping)) {
    const holder = await findHolder(tx, read, grouping, key);
    if (holder) return holder;
  }
  return undefined;
}

/** The grouping keys to look for, in this order. */
async function soughtKeys({ settings, parties, typed }: Grouping): Promise<string[]> {
  const asAddresses = parties.map((party) => ({ type: 'UNKNOWN', addresses: [party] }));
  if (settings.conversationGroupingType !== 'GROUP_BY_PROFILE') {
    return groupingKeys(settings.conversationGroupingType, asAddresses);
  }
  // While a customer was unknown the conversation was found by its addresses; it is still the same one.
  const byAddress = groupingKeys('GROUP_BY_PARTICIPANT_ADDRESSES', asAddresses);
  const byProfile = profilesOverTime(await typed()).flatMap((customers) =>
    groupingKeys('GROUP_BY_PROFILE', customers),
  );
  return [...new Set([...byProfile, ...byAddress])];
}

/** The parties as they are now and, where there is one customer, as they were before profiles were merged into its own. */
function profilesOverTime(typed: readonly TypedParty[]) {
  const withProfile = (profileIdOf: (party: TypedParty) => string | undefined) =>
    typed.map((party) => ({ type: party.type, profileId: profileIdOf(party), addresses: [party] }));
  const customers = typed.filter(({ type }) => type === 'CUSTOMER');
  const former = customers.length === 1 ? (customers[0]?.formerProfileIds ?? []) : [];
  return [
    withProfile(({ profileId }) => profileId),
    ...former.map((profileId) => withProfile(() => profileId)),
  ];
}

/** The holder of a key. It may close, or change its parties, between being found and being read. */
async function findHolder(
  tx: Tx,
  read: ReadState,
  { accountId, configurationId }: Grouping,
  key: string,
): Promise<ConversationState | undefined> {
  for (let look = 0; look < looksMax; look += 1) {
    const conversationId = await findKeyHolder(
      tx,
      { accountId, conversationId: '' },
      { configurationId, keys: [key] },
    );
    if (conversationId === undefined) return undefined;
    const state = await read(tx, conversationId);
    if (state && isLive(state) && keysOf(state).includes(key)) return state;
  }
  throw new LookAgain();
}

async function findInChannel(
  tx: Tx,
  read: ReadState,
  grouping: Grouping,
): Promise<ConversationState | undefined> {
  const { accountId, configurationId, channelId } = grouping;
  if (channelId === undefined) return undefined;
  const options = { configurationId, isLive: true, limit: inChannelMax };
  for (const { conversationId } of await listInChannel(tx, accountId, channelId, options)) {
    const state = await read(tx, conversationId);
    if (state && isLive(state) && (await isTheirs(state, grouping))) return state;
  }
  return undefined;
}

/** Another customer always means another conversation, also in one chat. */
async function isTheirs({ participants }: ConversationState, grouping: Grouping): Promise<boolean> {
  const isPresent = (party: ChannelParty) => findSeat(participants, party) !== undefined;
  if (grouping.parties.every(isPresent) || !participants.some(({ type }) => type === 'CUSTOMER')) return true;
  return (await grouping.typed()).every((party) => party.type !== 'CUSTOMER' || isPresent(party));
}

function keysOf({ configuration, participants }: ConversationState): string[] {
  return groupingKeys(configuration.conversationGroupingType, participants);
}

export function isLive({ row }: ConversationState): boolean {
  return row.status !== 'CLOSED';
}
