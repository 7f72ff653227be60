import type { Context } from '../../runtime/context.ts';
import { encodeJson, type Tx } from '../../storage/index.ts';
import { moveVectors } from '../embeddings/index.ts';
import { moveEvents } from '../events/index.ts';
import {
  cutToLimits,
  type IdentitySettings,
  listIdentifierRows,
  type Match,
  moveIdentifiers,
} from '../identity/index.ts';
import { moveObservations } from '../observations/index.ts';
import { noteMemoriesMoved } from '../search/index.ts';
import { moveSummaries } from '../summaries/index.ts';
import { listTraitRows, moveTraits } from '../traits/index.ts';
import {
  insertMerge,
  listMovableIds,
  type MergeReason,
  type MergeRecord,
  moveMerges,
} from './merge.store.ts';
import { markMerged } from './profile.store.ts';

type WriteContext = Pick<Context, 'clock' | 'ids'>;
type Store = { readonly accountId: string; readonly storeId: string };

/** Profiles that are one person, and how that came out. */
export interface MergeInput {
  readonly profileIds: readonly [string, ...string[]];
  readonly matches: readonly Match[];
  readonly settings: IdentitySettings;
}

/**
 * Makes one profile of several (memory-semantics section 6). The earliest id survives. Identifiers are united in time order
 * and cut to their limits, of each trait the newest write wins, memories move with their ids and times, and the ids that
 * went lead to the survivor for ever. Each merge is recorded so that it can be undone. The caller holds the locks of all
 * these profiles.
 */
export async function mergeProfiles(
  tx: Tx,
  context: WriteContext,
  store: Store,
  input: MergeInput,
): Promise<string> {
  const [survivorId = input.profileIds[0], ...others] = [...input.profileIds].sort();
  for (const mergedId of others) {
    await recordMerge(tx, context, store, {
      survivorId,
      mergedId,
      reasons: reasonsFor(input.matches, [survivorId, mergedId]),
    });
    await moveMerges(tx, mergedId, survivorId);
    await moveIdentifiers(tx, mergedId, survivorId);
    await moveTraits(tx, mergedId, survivorId);
    await moveObservations(tx, mergedId, survivorId);
    await moveSummaries(tx, mergedId, survivorId);
    await moveVectors(tx, mergedId, survivorId);
    await moveEvents(tx, mergedId, survivorId);
    await noteMemoriesMoved(tx, store.accountId, [mergedId, survivorId]);
    await markMerged(tx, store.storeId, mergedId, survivorId);
  }
  if (others.length > 0) await cutToLimits(tx, survivorId, input.settings);
  return survivorId;
}

function reasonsFor(matches: readonly Match[], profileIds: readonly string[]): MergeReason[] {
  const about = matches.filter(({ profileId }) => profileIds.includes(profileId));
  return [...new Map(about.map(({ rule, values }) => [rule, { rule, values }])).values()];
}

async function recordMerge(
  tx: Tx,
  { clock, ids }: WriteContext,
  { accountId, storeId }: Store,
  {
    survivorId,
    mergedId,
    reasons,
  }: { survivorId: string; mergedId: string; reasons: readonly MergeReason[] },
): Promise<void> {
  const traits = await listTraitRows(tx, mergedId);
  const taken = new Set(traits.map(({ trait_group, name }) => JSON.stringify([trait_group, name])));
  const survivorTraits = await listTraitRows(tx, survivorId);
  const record: MergeRecord = {
    traits,
    identifiers: await listIdentifierRows(tx, mergedId),
    ...(await listMovableIds(tx, storeId, mergedId)),
    displacedTraits: survivorTraits.filter(({ trait_group, name }) =>
      taken.has(JSON.stringify([trait_group, name])),
    ),
    survivorIdentifiers: await listIdentifierRows(tx, survivorId),
  };
  await insertMerge(tx, {
    account_id: accountId,
    store_id: storeId,
    holder_id: survivorId,
    id: ids.next('merge'),
    survivor_id: survivorId,
    merged_id: mergedId,
    reason_json: encodeJson(reasons),
    moved_json: encodeJson(record),
    merged_at: clock.now(),
    undone_at: null,
  });
}
