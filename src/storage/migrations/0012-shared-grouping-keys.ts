import { sql } from 'kysely';
import type { SchemaWriter } from './columns.ts';

/**
 * A grouping key may be that of several live conversations, once what was said in one makes it look like another: each is
 * listed under it, so that the next one is found when the newest closes.
 */
export async function sharedGroupingKeys({ db, table, index }: SchemaWriter): Promise<void> {
  await table(
    'grouping_keys',
    { account_id: 'text', configuration_id: 'text', grouping_key: 'text', conversation_id: 'text' },
    ['configuration_id', 'grouping_key', 'conversation_id'],
  );
  await index('grouping_keys_conversation', 'grouping_keys', ['conversation_id']);
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === 'conversation_keys')) return;
  await sql`
    insert into grouping_keys (account_id, configuration_id, grouping_key, conversation_id)
    select account_id, configuration_id, grouping_key, conversation_id from conversation_keys where true
    on conflict do nothing`.execute(db);
  await sql`drop table conversation_keys`.execute(db);
}
