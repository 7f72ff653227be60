import { sql } from 'kysely';
import type { SchemaWriter } from './columns.ts';

/**
 * How often a message was handed to the sender, and what receipts have said of it before its communication is recorded;
 * pending actions are found without a look at those that are done.
 */
export async function sending({ db, text, integer, index }: SchemaWriter): Promise<void> {
  const messages = (await db.introspection.getTables()).find(({ name }) => name === 'action_messages');
  const columns = messages?.columns.map(({ name }) => name) ?? [];
  if (!columns.includes('attempts')) {
    await sql`alter table action_messages add column attempts ${integer} not null default 0`.execute(db);
  }
  if (!columns.includes('delivery_status')) {
    await sql`alter table action_messages add column delivery_status ${text}`.execute(db);
  }
  await index('actions_pending', 'actions', ['conversation_id', 'id'], { where: "status = 'PENDING'" });
}
