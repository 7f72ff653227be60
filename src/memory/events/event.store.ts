import type { ProfileEventRow, Reader, Tx } from '../../storage/index.ts';

const rowsPerInsert = 500;

export async function insertEvents(tx: Tx, rows: readonly ProfileEventRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await tx
      .insertInto('profile_events')
      .values(rows.slice(start, start + rowsPerInsert))
      .execute();
  }
}

/** All events of a profile, in the order in which they came. */
export async function listEvents(reader: Reader, profileId: string): Promise<ProfileEventRow[]> {
  return reader
    .selectFrom('profile_events')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('id')
    .execute();
}

/** Hands all events of a profile to another, or the named ones. */
export async function moveEvents(
  tx: Tx,
  fromProfileId: string,
  toProfileId: string,
  ids?: readonly string[],
): Promise<void> {
  if (ids?.length === 0) return;
  let query = tx
    .updateTable('profile_events')
    .set({ profile_id: toProfileId })
    .where('profile_id', '=', fromProfileId);
  if (ids) query = query.where('id', 'in', ids);
  await query.execute();
}

export async function deleteEventsOf(tx: Tx, profileId: string): Promise<void> {
  await tx.deleteFrom('profile_events').where('profile_id', '=', profileId).execute();
}
