import type { OwnedAddressRow, Reader, Tx } from '../../storage/index.ts';

/** Leaves an address that is there already. */
export async function insertOwnedAddresses(tx: Tx, rows: readonly OwnedAddressRow[]): Promise<void> {
  await tx
    .insertInto('owned_addresses')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function listOwnedAddressRows(reader: Reader, accountId: string): Promise<OwnedAddressRow[]> {
  return reader
    .selectFrom('owned_addresses')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('bare_address')
    .execute();
}

/** Those of the addresses, in compare form, that are registered. */
export async function findOwnedAmong(
  reader: Reader,
  accountId: string,
  bareAddresses: readonly string[],
): Promise<Set<string>> {
  if (bareAddresses.length === 0) return new Set();
  const rows = await reader
    .selectFrom('owned_addresses')
    .select('bare_address')
    .where('account_id', '=', accountId)
    .where('bare_address', 'in', bareAddresses)
    .execute();
  return new Set(rows.map((row) => row.bare_address));
}

/** Whether the address was registered. */
export async function deleteOwnedAddress(tx: Tx, accountId: string, bareAddress: string): Promise<boolean> {
  const result = await tx
    .deleteFrom('owned_addresses')
    .where('account_id', '=', accountId)
    .where('bare_address', '=', bareAddress)
    .executeTakeFirst();
  return result.numDeletedRows > 0n;
}
