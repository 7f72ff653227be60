import type { ProfileRow, Reader } from '../../storage/index.ts';
import type { ProfileRef } from './profile-access.ts';

/** The row as it is, merged or not. */
export async function findProfileRow(reader: Reader, ref: ProfileRef): Promise<ProfileRow | undefined> {
  return reader
    .selectFrom('profiles')
    .selectAll()
    .where('store_id', '=', ref.storeId)
    .where('id', '=', ref.profileId)
    .where('account_id', '=', ref.accountId)
    .executeTakeFirst();
}
