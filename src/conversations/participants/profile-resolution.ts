import { isKnownStore, resolveProfile } from '../../memory/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { Tx } from '../../storage/index.ts';
import { bareAddress, type ChannelAddress, phoneNumberOf } from '../address.ts';
import type { ParticipantType } from './roster.ts';

type ResolutionContext = Pick<Context, 'db' | 'clock' | 'ids' | 'log'>;

/** Where profiles are looked for. */
export interface LookupScope {
  readonly accountId: string;
  readonly memoryStoreId: string;
}

/** The same, and for which conversation. */
export interface ResolutionScope extends LookupScope {
  readonly conversationId: string;
}

interface Identifier {
  readonly idType: string;
  readonly value: string;
}

/** Identifiers of a participant that are looked up; the addresses after that play no part. */
const identifiersMax = 10;

/** Codes of conversations-semantics section 8; they are logged and never answered. */
const diagnostics = { skipped: 530001, lookupFailed: 530003, creationFailed: 530004 } as const;

/**
 * The profile identifiers that an address stands for; a new profile gets the first one. WhatsApp numbers are known to stores
 * both with and without their prefix.
 */
export function identifiersOf(address: ChannelAddress): Identifier[] {
  switch (address.channel) {
    case 'SMS':
    case 'VOICE':
    case 'RCS': {
      const phone = phoneNumberOf(address);
      return phone ? [{ idType: 'phone', value: phone }] : [];
    }
    case 'WHATSAPP': {
      const bare = bareAddress(address);
      return [bare, `whatsapp:${bare}`].map((value) => ({ idType: 'whatsapp', value }));
    }
    case 'CHAT':
      return [{ idType: 'chat', value: address.address }];
    case 'EMAIL':
      return [{ idType: 'email', value: address.address }];
    default:
      return [];
  }
}

/**
 * The profile of a customer: the one that owns an identifier of an address, else a new one with the first identifier. Fails
 * open: undefined, with a diagnostic in the log, when the store is gone or no address identifies anybody.
 */
export async function resolveCustomer(
  tx: Tx,
  context: ResolutionContext,
  scope: ResolutionScope,
  addresses: readonly ChannelAddress[],
): Promise<string | undefined> {
  const { log } = context;
  const { accountId, memoryStoreId, conversationId } = scope;
  const [first] = addresses.flatMap(identifiersOf);
  if (!first || !(await isKnownStore(tx, accountId, memoryStoreId))) {
    log.warn({ code: diagnostics.skipped, conversationId }, 'profile resolution skipped');
    return undefined;
  }
  const owners = await findOwners(tx, context, scope, addresses);
  if (owners.length > 1) {
    log.warn({ code: diagnostics.lookupFailed, conversationId }, 'the addresses belong to several profiles');
  }
  if (owners[0]) return owners[0];
  const created = await resolveProfile(tx, context, { accountId, storeId: memoryStoreId }, first, {
    isCreated: true,
  });
  if (!created) log.error({ code: diagnostics.creationFailed, conversationId }, 'profile creation failed');
  return created?.profileId;
}

/** The profile that `resolveCustomer` would choose if it is there already; nothing is created. */
export async function findCustomer(
  tx: Tx,
  context: ResolutionContext,
  scope: LookupScope,
  addresses: readonly ChannelAddress[],
): Promise<string | undefined> {
  return (await findOwners(tx, context, scope, addresses))[0];
}

/** Somebody of unknown type is a customer when the store knows exactly one profile for the addresses. */
export async function recogniseCustomer(
  tx: Tx,
  context: ResolutionContext,
  scope: LookupScope,
  addresses: readonly ChannelAddress[],
): Promise<string | undefined> {
  const owners = await findOwners(tx, context, scope, addresses);
  return owners.length === 1 ? owners[0] : undefined;
}

/** Type and profile of a participant that joins; a profile that the caller names is taken as it is. */
export async function resolveNewcomer(
  tx: Tx,
  context: ResolutionContext,
  scope: ResolutionScope,
  draft: {
    type: ParticipantType;
    profileId: string | undefined;
    addresses: readonly ChannelAddress[];
  },
): Promise<{ type: ParticipantType; profileId: string | undefined }> {
  const { type, profileId, addresses } = draft;
  if (profileId !== undefined) return { type, profileId };
  if (type === 'CUSTOMER') {
    return { type, profileId: await resolveCustomer(tx, context, scope, addresses) };
  }
  const known = type === 'UNKNOWN' ? await recogniseCustomer(tx, context, scope, addresses) : undefined;
  return known === undefined ? { type, profileId } : { type: 'CUSTOMER', profileId: known };
}

async function findOwners(
  tx: Tx,
  context: ResolutionContext,
  { accountId, memoryStoreId }: LookupScope,
  addresses: readonly ChannelAddress[],
): Promise<string[]> {
  const owners = new Set<string>();
  for (const identifier of addresses.flatMap(identifiersOf).slice(0, identifiersMax)) {
    const found = await resolveProfile(tx, context, { accountId, storeId: memoryStoreId }, identifier, {
      isCreated: false,
    });
    if (found) owners.add(found.profileId);
  }
  return [...owners];
}
