import type { Tx } from '../../storage/index.ts';
import { insertIdentifiers } from './identifier.store.ts';
import { cutToLimits, type IdentifierAddition, smallestLimitOf, toIdentifierRows } from './identifier.ts';
import { findProfilesOver } from './identifier-batch.store.ts';
import type { IdentitySettings } from './identity-settings.ts';

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
  await insertIdentifiers(tx, rows);
  const smallestLimit = smallestLimitOf(settings);
  const mayBeOver = additions.filter(({ isNew, values }) => !isNew || values.length > smallestLimit);
  const profileIds = mayBeOver.map(({ profileId }) => profileId);
  for (const profileId of await findProfilesOver(tx, profileIds, smallestLimit))
    await cutToLimits(tx, profileId, settings);
}
