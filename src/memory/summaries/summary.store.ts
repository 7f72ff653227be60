import {
  type ConversationSummaryRow,
  fetchPage,
  moveSome,
  type Page,
  type PageRequest,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import { deleteVectors } from '../embeddings/index.ts';
import { memorySource } from '../search/index.ts';

/** How Recall reads summaries. */
export const summarySource = memorySource('conversation_summaries');

export async function insertSummaries(tx: Tx, rows: readonly ConversationSummaryRow[]): Promise<void> {
  await tx
    .insertInto('conversation_summaries')
    .values([...rows])
    .execute();
}

export async function findSummary(
  reader: Reader,
  profileId: string,
  id: string,
): Promise<ConversationSummaryRow | undefined> {
  return reader
    .selectFrom('conversation_summaries')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** The newest summary of a conversation from this source. */
export async function findSummaryOf(
  reader: Reader,
  profileId: string,
  conversationId: string,
  source: string,
): Promise<ConversationSummaryRow | undefined> {
  return reader
    .selectFrom('conversation_summaries')
    .selectAll()
    .where('profile_id', '=', profileId)
    .where('conversation_id', '=', conversationId)
    .where('source', '=', source)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}

export async function listSummaries(
  reader: Reader,
  profileId: string,
  conversationId: string | undefined,
  page: PageRequest,
): Promise<Page<ConversationSummaryRow>> {
  let query = reader.selectFrom('conversation_summaries').selectAll().where('profile_id', '=', profileId);
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId);
  return fetchPage(query, ['created_at', 'id'], page);
}

export async function updateSummary(tx: Tx, row: ConversationSummaryRow): Promise<void> {
  const { profile_id, id, account_id: _account, store_id: _store, ...changes } = row;
  await tx
    .updateTable('conversation_summaries')
    .set(changes)
    .where('profile_id', '=', profile_id)
    .where('id', '=', id)
    .execute();
}

export async function deleteSummaryRows(tx: Tx, profileId: string, ids: readonly string[]): Promise<void> {
  await tx
    .deleteFrom('conversation_summaries')
    .where('profile_id', '=', profileId)
    .where('id', 'in', ids)
    .execute();
  await deleteVectors(tx, profileId, 'summary', ids);
}

/** The oldest summaries beyond the newest `keep`. */
export async function listSummariesPast(
  reader: Reader,
  profileId: string,
  keep: number,
  limit: number,
): Promise<ConversationSummaryRow[]> {
  return reader
    .selectFrom('conversation_summaries')
    .selectAll()
    .where('profile_id', '=', profileId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset(keep)
    .limit(limit)
    .execute();
}

/** Hands all summaries of a profile to another; ids and times stay. */
export async function moveSummaries(tx: Tx, fromProfileId: string, toProfileId: string): Promise<void> {
  await tx
    .updateTable('conversation_summaries')
    .set({ profile_id: toProfileId })
    .where('profile_id', '=', fromProfileId)
    .execute();
}

/** Hands some summaries of a profile to another; those that are gone meanwhile are passed over. */
export async function moveSomeSummaries(
  tx: Tx,
  fromProfileId: string,
  toProfileId: string,
  ids: readonly string[],
): Promise<void> {
  const tables = [{ table: 'conversation_summaries', by: 'id' }] as const;
  await moveSome(tx, tables, { fromProfileId, toProfileId }, ids);
}

export async function deleteSummariesOf(tx: Tx, profileId: string): Promise<void> {
  await tx.deleteFrom('conversation_summaries').where('profile_id', '=', profileId).execute();
}
