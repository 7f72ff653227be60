import { rowsPerStep } from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { deleteSome, type Tx } from '../../storage/index.ts';
import { eraseImports } from '../imports/index.ts';
import { type ProfileMentions, removeStoreRow } from '../stores/index.ts';
import { deleteProfileRowsOf, listSomeProfileIds, profileTables, storeTables } from './erasure.store.ts';

/** Profiles whose rows are looked for together. */
const profilesAtOnce = 200;

interface StoreRef {
  readonly accountId: string;
  readonly storeId: string;
}

type WriteContext = Pick<Context, 'db' | 'jobs'>;

/**
 * Erases some of what a deleted store held, in a transaction of its own, and takes its profiles out of what mentions them. False
 * once nothing is left, also in the database's files. Whatever it is interrupted by, it goes on where it was when it is called
 * again.
 */
export async function eraseSomeOfStore(
  context: WriteContext,
  mentions: ProfileMentions,
  ref: StoreRef,
): Promise<boolean> {
  const { db } = context;
  return db.transaction(async (tx) => {
    await db.lock(tx, `erasure:${ref.storeId}`);
    // Once the row is gone nobody adds to the store. Others wait for this lock, so it comes alone.
    if (await removeStoreRow(tx, ref.accountId, ref.storeId)) return true;
    const hasMore = await eraseSome(tx, context, mentions, ref);
    if (!hasMore) db.scrub(tx);
    return hasMore;
  });
}

async function eraseSome(
  tx: Tx,
  context: WriteContext,
  mentions: ProfileMentions,
  ref: StoreRef,
): Promise<boolean> {
  const { accountId, storeId } = ref;
  let left = await deleteSome(tx, storeTables, { accountId, ids: [storeId] }, rowsPerStep);
  if (left > 0) left -= await eraseImports(tx, context, ref, left);
  if (left <= 0) return true;
  const profileIds = await listSomeProfileIds(tx, ref, profilesAtOnce);
  if (profileIds.length === 0) return false;
  left = await deleteSome(tx, profileTables, { accountId, ids: profileIds }, left);
  if (left > 0) left -= await mentions.forget(tx, accountId, profileIds, left);
  if (left > 0) await deleteProfileRowsOf(tx, ref, profileIds);
  return true;
}
