import { type ProfileRow, prepared, type Reader } from '../../storage/index.ts';
import type { ProfileRef } from './profile-access.ts';

const selectProfile = prepared((reader, ref: Record<keyof ProfileRef, string>) =>
  reader
    .selectFrom('profiles')
    .selectAll()
    .where('store_id', '=', ref.storeId)
    .where('id', '=', ref.profileId)
    .where('account_id', '=', ref.accountId),
);

/** The row as it is, merged or not. */
export async function findProfileRow(
  reader: Reader,
  { accountId, storeId, profileId }: ProfileRef,
): Promise<ProfileRow | undefined> {
  const [row] = await selectProfile(reader, { accountId, storeId, profileId });
  return row;
}
