import {
  fetchPage,
  type OutboxMessageRow,
  type Page,
  type PageRequest,
  type Reader,
  type Tx,
} from '../storage/index.ts';

export async function insertOutboxMessage(tx: Tx, message: OutboxMessageRow): Promise<void> {
  await tx.insertInto('outbox_messages').values(message).execute();
}

export interface OutboxFilter {
  readonly accountId: string;
  readonly conversationId: string | undefined;
}

export async function listOutboxRows(
  reader: Reader,
  { accountId, conversationId }: OutboxFilter,
  page: PageRequest,
): Promise<Page<OutboxMessageRow>> {
  let query = reader.selectFrom('outbox_messages').selectAll().where('account_id', '=', accountId);
  if (conversationId !== undefined) query = query.where('conversation_id', '=', conversationId);
  return fetchPage(query, ['id'], page);
}
