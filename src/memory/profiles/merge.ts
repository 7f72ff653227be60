import type { Tx } from '../../storage/index.ts';
import { cutToLimits, type IdentitySettings, moveIdentifiers } from '../identity/index.ts';
import { moveObservations } from '../observations/index.ts';
import { moveIndex } from '../search/index.ts';
import { moveSummaries } from '../summaries/index.ts';
import { moveTraits } from '../traits/index.ts';
import { markMerged } from './profile.store.ts';

/**
 * Makes one profile of several (memory-semantics section 6). The earliest id survives. Identifiers are united in time order
 * and cut to their limits, of each trait the newest write wins, memories move with their ids and times, and the ids that
 * went lead to the survivor for ever. The caller holds the locks of all these profiles.
 */
export async function mergeProfiles(
  tx: Tx,
  { accountId, storeId }: { accountId: string; storeId: string },
  profileIds: readonly [string, ...string[]],
  settings: IdentitySettings,
): Promise<string> {
  const [survivorId = profileIds[0], ...others] = [...profileIds].sort();
  for (const profileId of others) {
    await moveIdentifiers(tx, profileId, survivorId);
    await moveTraits(tx, profileId, survivorId);
    await moveObservations(tx, profileId, survivorId);
    await moveSummaries(tx, profileId, survivorId);
    await moveIndex(tx, accountId, profileId, survivorId);
    await markMerged(tx, storeId, profileId, survivorId);
  }
  if (others.length > 0) await cutToLimits(tx, survivorId, settings);
  return survivorId;
}
