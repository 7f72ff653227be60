import type { Context } from '../runtime/context.ts';
import {
  decodeJson,
  encodeJson,
  type OutboxMessageRow,
  type Page,
  type PageRequest,
  type Reader,
} from '../storage/index.ts';
import { insertOutboxMessage, listOutboxRows, type OutboxFilter } from './outbox.store.ts';
import type { LocalSender, OutgoingMessage } from './sender.ts';

/** A message that was left in the outbox: nobody has received it. */
export interface OutboxMessage extends OutgoingMessage {
  readonly messageSid: string;
}

/** The part of a message that has no column of its own. */
type StoredMessage = Pick<OutgoingMessage, 'channel' | 'from' | 'to' | 'content' | 'channelSettings'>;

/** Leaves messages in the database, for whoever fetches them: what a server without a provider does. */
export function createOutbox({ clock, ids }: Pick<Context, 'clock' | 'ids'>): LocalSender {
  return {
    kind: 'local',
    async store(tx, message) {
      const { accountId, conversationId, actionId, channel, from, to, content, channelSettings } = message;
      const messageSid = ids.sid('SM');
      const stored: StoredMessage = { channel, from, to, content, channelSettings };
      await insertOutboxMessage(tx, {
        account_id: accountId,
        id: messageSid,
        conversation_id: conversationId,
        action_id: actionId,
        message_json: encodeJson(stored),
        created_at: clock.now(),
      });
      return { messageSid, status: 'queued' };
    },
  };
}

/** One page of what is in the account's outbox, newest first. */
export async function listOutbox(
  reader: Reader,
  filter: OutboxFilter,
  page: PageRequest,
): Promise<Page<OutboxMessage>> {
  const rows = await listOutboxRows(reader, filter, page);
  return { ...rows, items: rows.items.map(fromRow) };
}

function fromRow(row: OutboxMessageRow): OutboxMessage {
  return {
    ...decodeJson<StoredMessage>(row.message_json),
    messageSid: row.id,
    accountId: row.account_id,
    conversationId: row.conversation_id,
    actionId: row.action_id,
    createdAt: row.created_at,
  };
}
