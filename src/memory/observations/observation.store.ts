import {
  bulkInsert,
  containsText,
  fetchPage,
  moveSome,
  type ObservationRow,
  type Page,
  type PageRequest,
  prepared,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import { deleteVectors } from '../embeddings/index.ts';
import { memorySource } from '../search/index.ts';
import type { ObservationState } from './observation.wire.ts';

/** Tables whose rows belong to an observation. */
const dependents = ['observation_revisions', 'observation_provenance'] as const;
const tables = ['observations', ...dependents] as const;

/** How Recall reads observations. */
export const observationSource = memorySource('observations');

/** Filters of a list; times in milliseconds. */
export interface ObservationFilter {
  readonly source?: string | undefined;
  /** Inclusive. */
  readonly createdAfter?: number | undefined;
  /** Exclusive. */
  readonly createdBefore?: number | undefined;
  readonly conversationId?: string | undefined;
}

export const insertObservations = bulkInsert('observations');

export async function findObservation(
  reader: Reader,
  profileId: string,
  id: string,
): Promise<ObservationRow | undefined> {
  const [row] = await selectObservation(reader, { profileId, id });
  return row;
}

const selectObservation = prepared((reader, { profileId, id }: { profileId: string; id: string }) =>
  reader.selectFrom('observations').selectAll().where('profile_id', '=', profileId).where('id', '=', id),
);

export async function listObservations(
  reader: Reader,
  profileId: string,
  filter: ObservationFilter,
  page: PageRequest,
): Promise<Page<ObservationRow>> {
  let query = reader.selectFrom('observations').selectAll().where('profile_id', '=', profileId);
  if (filter.source !== undefined) query = query.where('source', '=', filter.source);
  if (filter.createdAfter !== undefined) query = query.where('created_at', '>=', filter.createdAfter);
  if (filter.createdBefore !== undefined) query = query.where('created_at', '<', filter.createdBefore);
  if (filter.conversationId !== undefined) {
    query = query.where('id', 'in', mentioning(reader, profileId, filter.conversationId));
  }
  return fetchPage(query, ['created_at', 'id'], page);
}

/** Ids of those that mention a conversation: one look along the profile's rows, of which there are ten thousand at most. */
function mentioning(reader: Reader, profileId: string, conversationId: string) {
  return reader
    .selectFrom('observations')
    .select('id')
    .where('profile_id', '=', profileId)
    .where(containsText(reader, 'conversation_ids_json', conversationId));
}

/** Replaces an observation's state and keeps the one before as a revision. */
export async function reviseObservationRow(
  tx: Tx,
  before: ObservationRow,
  after: ObservationRow,
): Promise<void> {
  const { store_id: _store, id, memory_version: _version, ...state } = before;
  await tx
    .insertInto('observation_revisions')
    .values({ ...state, observation_id: id })
    .execute();
  const { account_id: _account, store_id: _storeId, profile_id, id: _id, ...changes } = after;
  await tx
    .updateTable('observations')
    .set(changes)
    .where('profile_id', '=', profile_id)
    .where('id', '=', id)
    .execute();
}

/** States of an observation, newest first, the current one among them. */
export async function listRevisions(
  reader: Reader,
  profileId: string,
  observationId: string,
  page: PageRequest,
): Promise<Page<ObservationState & { revision: number }>> {
  const columns = [
    'revision',
    'content',
    'source',
    'occurred_at',
    'conversation_ids_json',
    'created_at',
    'updated_at',
  ] as const;
  const current = reader
    .selectFrom('observations')
    .select(columns)
    .where('profile_id', '=', profileId)
    .where('id', '=', observationId);
  const past = reader
    .selectFrom('observation_revisions')
    .select(columns)
    .where('profile_id', '=', profileId)
    .where('observation_id', '=', observationId);
  return fetchPage(reader.selectFrom(current.unionAll(past).as('states')).selectAll(), ['revision'], page);
}

/** Deletes observations with their revisions and provenance. */
export async function deleteObservationRows(
  tx: Tx,
  profileId: string,
  ids: readonly string[],
): Promise<void> {
  await tx.deleteFrom('observations').where('profile_id', '=', profileId).where('id', 'in', ids).execute();
  await deleteVectors(tx, profileId, 'observation', ids);
  for (const table of dependents) {
    await tx
      .deleteFrom(table)
      .where('profile_id', '=', profileId)
      .where('observation_id', 'in', ids)
      .execute();
  }
}

/** The oldest observations beyond the newest `keep`. */
export async function listObservationsPast(
  reader: Reader,
  profileId: string,
  keep: number,
  limit: number,
): Promise<ObservationRow[]> {
  return reader
    .selectFrom('observations')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(keep)
    .limit(limit)
    .execute();
}

/** Hands all observations of a profile to another; ids and times stay. */
export async function moveObservations(tx: Tx, fromProfileId: string, toProfileId: string): Promise<void> {
  for (const table of tables) {
    await tx
      .updateTable(table)
      .set({ profile_id: toProfileId })
      .where('profile_id', '=', fromProfileId)
      .execute();
  }
}

/** Hands some observations of a profile to another; those that are gone meanwhile are passed over. */
export async function moveSomeObservations(
  tx: Tx,
  fromProfileId: string,
  toProfileId: string,
  ids: readonly string[],
): Promise<void> {
  const keyed = dependents.map((table) => ({ table, by: 'observation_id' as const }));
  const move = { fromProfileId, toProfileId };
  await moveSome(tx, [{ table: 'observations', by: 'id' }, ...keyed], move, ids);
}

export async function deleteObservationsOf(tx: Tx, profileId: string): Promise<void> {
  for (const table of tables) await tx.deleteFrom(table).where('profile_id', '=', profileId).execute();
}
