import type { ParticipantType } from '../participants/index.ts';

/** What is known of somebody who takes part in a captured message. */
export interface Side {
  /** What the source of the message says of them; it is believed. */
  readonly type?: ParticipantType | undefined;
  /** The address is one of the account's own. */
  readonly isOwn: boolean;
}

/**
 * Whom capture takes the parties for (conversations-semantics section 8): the account's own side is the AGENT and the other
 * one the CUSTOMER. AGENT rather than HUMAN_AGENT or UNKNOWN, because it is the one label for their own address that all
 * clients accept as it is. Undefined when the two sides cannot be told apart by this: nobody is recognised, or everybody.
 */
export function typeBySide(parties: readonly Side[]): ParticipantType[] | undefined {
  const isOurs = parties.map(({ type, isOwn }) => (type === undefined ? isOwn : type !== 'CUSTOMER'));
  const hasOurs = isOurs.includes(true);
  const hasBothSides = hasOurs && isOurs.includes(false);
  const hasCustomer = parties.some(({ type }) => type === 'CUSTOMER');
  if (!hasCustomer && !hasBothSides && !(hasOurs && parties.length === 1)) return undefined;
  return parties.map(({ type }, at) => type ?? (isOurs[at] || !hasOurs ? 'AGENT' : 'CUSTOMER'));
}

/**
 * The same by the profiles that a memory store has for the addresses. Of captured traffic one side is always the account's, so
 * when exactly one of them is known as a customer, the rest is the other side. Otherwise nobody is taken for anything.
 */
export function typeByProfile(
  parties: readonly Side[],
  profileIds: readonly (string | undefined)[],
): ParticipantType[] {
  const isClear = profileIds.filter((profileId) => profileId !== undefined).length === 1;
  return parties.map(({ type }, at) => {
    if (type !== undefined) return type;
    if (!isClear) return 'UNKNOWN';
    return profileIds[at] === undefined ? 'AGENT' : 'CUSTOMER';
  });
}
