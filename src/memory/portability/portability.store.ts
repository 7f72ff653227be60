import type {
  ConversationSummaryRow,
  ObservationRevisionRow,
  ObservationRow,
  ProfileMergeRow,
  Reader,
  Tx,
} from '../../storage/index.ts';

/** All observations of a profile, oldest first. */
export async function listAllObservations(reader: Reader, profileId: string): Promise<ObservationRow[]> {
  return reader
    .selectFrom('observations')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** All past states of a profile's observations, oldest first. */
export async function listAllRevisions(reader: Reader, profileId: string): Promise<ObservationRevisionRow[]> {
  return reader
    .selectFrom('observation_revisions')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('observation_id')
    .orderBy('revision')
    .execute();
}

/** All summaries of a profile, oldest first. */
export async function listAllSummaries(reader: Reader, profileId: string): Promise<ConversationSummaryRow[]> {
  return reader
    .selectFrom('conversation_summaries')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** All merges that made a profile, oldest first. */
export async function listAllMerges(reader: Reader, profileId: string): Promise<ProfileMergeRow[]> {
  return reader
    .selectFrom('profile_merges')
    .selectAll()
    .where('holder_id', '=', profileId)
    .orderBy('id')
    .execute();
}

const rowsPerInsert = 200;

export async function insertRevisions(tx: Tx, rows: readonly ObservationRevisionRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await tx
      .insertInto('observation_revisions')
      .values(rows.slice(start, start + rowsPerInsert))
      .execute();
  }
}
