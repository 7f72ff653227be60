import type { Context } from '../../runtime/context.ts';
import type { Reader } from '../../storage/index.ts';
import { bareAddress } from '../address.ts';
import type { ConfigurationSettings } from '../configurations/index.ts';
import {
  deleteOwnedAddress,
  findOwnedAmong,
  insertOwnedAddresses,
  listOwnedAddressRows,
} from './owned-address.store.ts';

/** A number or sender that the account itself uses, as it was registered. `createdAt` in milliseconds. */
export interface OwnedAddress {
  readonly address: string;
  readonly createdAt: number;
}

/** Addresses, in compare form, that come with the settings of the server (`RAPPORT_OWNED_ADDRESSES`). */
export interface ConfiguredAddresses {
  /** The root account. */
  readonly accountId: string;
  readonly forms: ReadonlySet<string>;
}

export const ownedAddressLengthMax = 254;

/** Owned addresses count on every channel, so they have one compare form: that of telephone numbers and senders. */
function ownedForm(address: string): string {
  return bareAddress({ channel: 'SMS', address });
}

export function toConfiguredAddresses(accountId: string, addresses: readonly string[]): ConfiguredAddresses {
  return { accountId, forms: new Set(addresses.map(ownedForm)) };
}

/** Registers addresses of the account; one that it has already stays as it was written first. */
export async function addOwnedAddresses(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  accountId: string,
  addresses: readonly string[],
): Promise<void> {
  const rows = addresses.map((address) => ({
    account_id: accountId,
    bare_address: ownedForm(address),
    address: address.trim(),
    created_at: clock.now(),
  }));
  await db.transaction((tx) => insertOwnedAddresses(tx, rows));
}

/** What is registered for the account, without what comes with the settings. */
export async function listOwnedAddresses(reader: Reader, accountId: string): Promise<OwnedAddress[]> {
  const rows = await listOwnedAddressRows(reader, accountId);
  return rows.map(({ address, created_at: createdAt }) => ({ address, createdAt }));
}

/** Whether the address was registered, however it was written. */
export async function removeOwnedAddress(
  { db }: Pick<Context, 'db'>,
  accountId: string,
  address: string,
): Promise<boolean> {
  return db.transaction((tx) => deleteOwnedAddress(tx, accountId, ownedForm(address)));
}

/**
 * Which of the addresses are the account's own: those that are registered or come with the settings, and every exact address
 * in a capture rule of the configuration. Rules may name customers too, so they have a say only where nothing better tells two
 * sides apart: what is registered, or the source of the message (`isTold`).
 */
export async function recogniseOwn(
  reader: Reader,
  configured: ConfiguredAddresses,
  { accountId, settings }: { accountId: string; settings: ConfigurationSettings },
  { addresses, isTold }: { readonly addresses: readonly string[]; readonly isTold: boolean },
): Promise<boolean[]> {
  const forms = addresses.map(ownedForm);
  const registered = await findOwnedAmong(reader, accountId, [...new Set(forms)]);
  const isConfigured = (form: string) => accountId === configured.accountId && configured.forms.has(form);
  const isRegistered = forms.map((form) => registered.has(form) || isConfigured(form));
  if (isTold || new Set(isRegistered).size > 1) return isRegistered;
  const inRules = addressesInRules(settings);
  return forms.map((form, at) => isRegistered[at] || inRules.has(form));
}

function addressesInRules({ channelSettings }: ConfigurationSettings): Set<string> {
  const rules = Object.values(channelSettings).flatMap(({ captureRules }) => captureRules);
  return new Set(
    rules
      .flatMap(({ from, to }) => [from, to])
      .filter((address) => address !== '*')
      .map(ownedForm),
  );
}
