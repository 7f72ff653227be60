import type { Tx } from '../../storage/index.ts';
import { insertIdentifiers } from './identifier.store.ts';
import { cutToLimits, type IdentifierAddition, toIdentifierRows } from './identifier.ts';
import { findProfilesOver } from './identifier-batch.store.ts';
import type { IdentitySettings } from './identity-settings.ts';

/** Rows in one statement: within what both databases allow in parameters. */
const rowsPerStatement = 1000;

/**
 * Adds values to many profiles at once and cuts each type to its limit, as `addIdentifiers` does for one profile. Not for
 * values of a fuzzy type.
 */
export async function addIdentifiersOfMany(
  tx: Tx,
  ref: { accountId: string; storeId: string },
  settings: IdentitySettings,
  additions: readonly IdentifierAddition[],
  addedAt: number,
): Promise<void> {
  const rows = await toIdentifierRows(tx, ref, settings, additions, addedAt);
  for (let start = 0; start < rows.length; start += rowsPerStatement)
    await insertIdentifiers(tx, rows.slice(start, start + rowsPerStatement));
  const smallestLimit = Math.min(...settings.identifierConfigs.map(({ limit }) => limit));
  const mayBeOver = additions.filter(({ isNew, values }) => !isNew || values.length > smallestLimit);
  const profileIds = mayBeOver.map(({ profileId }) => profileId);
  for (const profileId of await findProfilesOver(tx, profileIds, smallestLimit))
    await cutToLimits(tx, profileId, settings);
}
