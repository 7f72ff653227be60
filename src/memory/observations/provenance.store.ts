import type { ObservationProvenanceRow, Reader, Tx } from '../../storage/index.ts';

const rowsPerStatement = 200;

/** A second row about the same state of an observation is dropped. */
export async function insertProvenance(tx: Tx, rows: readonly ObservationProvenanceRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    await tx
      .insertInto('observation_provenance')
      .values(rows.slice(start, start + rowsPerStatement))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

/** Where the states of an observation come from, newest first; those that a client wrote have no row. */
export async function listProvenance(
  reader: Reader,
  profileId: string,
  observationId: string,
): Promise<ObservationProvenanceRow[]> {
  return reader
    .selectFrom('observation_provenance')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('observation_id', '=', observationId)
    .orderBy('revision', 'desc')
    .execute();
}

/** What a conversation led to, with the current states of those observations; of each the latest first. */
export async function listProvenanceFrom(
  reader: Reader,
  profileId: string,
  conversationId: string,
): Promise<(ObservationProvenanceRow & { content: string; current_revision: number })[]> {
  return reader
    .selectFrom('observation_provenance as provenance')
    .innerJoin('observations', (join) =>
      join
        .onRef('observations.profile_id', '=', 'provenance.profile_id')
        .onRef('observations.id', '=', 'provenance.observation_id'),
    )
    .selectAll('provenance')
    .select(['observations.content', 'observations.revision as current_revision'])
    .where('provenance.profile_id', '=', profileId)
    .where('provenance.conversation_id', '=', conversationId)
    .orderBy('provenance.revision', 'desc')
    .orderBy('provenance.observation_id')
    .execute();
}

/** That of all observations of a profile, oldest first. */
export async function listAllProvenance(
  reader: Reader,
  profileId: string,
): Promise<ObservationProvenanceRow[]> {
  return reader
    .selectFrom('observation_provenance')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('observation_id')
    .orderBy('revision')
    .execute();
}
