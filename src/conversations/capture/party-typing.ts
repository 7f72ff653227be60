import { listMergedInto } from '../../memory/index.ts';
import type { Tx } from '../../storage/index.ts';
import type { AddressChannel } from '../address.ts';
import type { ConfigurationSettings } from '../configurations/index.ts';
import type { ConversationContext } from '../conversations/index.ts';
import { findCustomer, type ParticipantType, recogniseCustomer } from '../participants/index.ts';
import type { CapturedParty } from './captured-message.ts';
import { type ConfiguredAddresses, recogniseOwn } from './owned-address.ts';
import { typeByProfile, typeBySide } from './typing.ts';

/** A party on its channel. */
export type ChannelParty = CapturedParty & { readonly channel: AddressChannel };

/** A party with what capture takes it for. */
export interface TypedParty extends ChannelParty {
  readonly type: ParticipantType;
  /** A customer's profile where there is one already. */
  readonly profileId: string | undefined;
  /** Profiles that were merged into it: participants may still name one of them. */
  readonly formerProfileIds: readonly string[];
}

/** The account, and the settings that a message is captured by. */
export interface TypingScope {
  readonly accountId: string;
  readonly settings: ConfigurationSettings;
}

export type TypingContext = ConversationContext & { readonly configuredAddresses: ConfiguredAddresses };

/** Settles what the parties are, by sides first and by profiles where sides don't tell. Creates no profile. */
export async function typeParties(
  tx: Tx,
  context: TypingContext,
  scope: TypingScope,
  parties: readonly ChannelParty[],
): Promise<TypedParty[]> {
  const isOwn = await recogniseOwn(tx, context.configuredAddresses, scope, {
    addresses: parties.map(({ address }) => address),
    isTold: parties.some(({ type }) => type !== undefined),
  });
  const sides = parties.map(({ type }, at) => ({ type, isOwn: isOwn[at] ?? false }));
  const bySide = typeBySide(sides);
  const profileIds = await listProfiles(tx, context, scope, parties, bySide);
  const types = bySide ?? typeByProfile(sides, profileIds);
  const typed: TypedParty[] = [];
  for (const [at, party] of parties.entries()) {
    const type = types[at] ?? 'UNKNOWN';
    const profileId = type === 'CUSTOMER' ? profileIds[at] : undefined;
    const formerProfileIds = await listFormer(tx, scope, profileId);
    typed.push({ ...party, type, profileId, formerProfileIds });
  }
  return typed;
}

/** Looked up only where conversations are found by profile. */
async function listFormer(
  tx: Tx,
  { accountId, settings }: TypingScope,
  profileId: string | undefined,
): Promise<string[]> {
  if (profileId === undefined || settings.conversationGroupingType !== 'GROUP_BY_PROFILE') return [];
  return listMergedInto(tx, { accountId, storeId: settings.memoryStoreId, profileId });
}

/** The customers' profiles; while nobody is known to be one, those that point to one party each. */
async function listProfiles(
  tx: Tx,
  context: TypingContext,
  { accountId, settings }: TypingScope,
  parties: readonly ChannelParty[],
  types: readonly ParticipantType[] | undefined,
): Promise<(string | undefined)[]> {
  const lookup = { accountId, memoryStoreId: settings.memoryStoreId };
  const find = types ? findCustomer : recogniseCustomer;
  const profileIds: (string | undefined)[] = [];
  for (const [at, party] of parties.entries()) {
    const isLookedUp = !types || types[at] === 'CUSTOMER';
    profileIds.push(isLookedUp ? await find(tx, context, lookup, [party]) : undefined);
  }
  return profileIds;
}
