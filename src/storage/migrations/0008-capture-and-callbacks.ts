import { sql } from 'kysely';
import type { SchemaWriter } from './columns.ts';

/**
 * Events of conversations and their way to status callbacks; addresses that accounts own; actions with what they sent; and
 * lanes of jobs, so that slow receivers hold up nothing else.
 */
export async function captureAndCallbacks(writer: SchemaWriter): Promise<void> {
  await jobLanes(writer);
  await eventTables(writer);
  await captureTables(writer);
  await actionTables(writer);
}

async function jobLanes({ db, text, index }: SchemaWriter): Promise<void> {
  const jobs = (await db.introspection.getTables()).find(({ name }) => name === 'jobs');
  const columns = jobs?.columns.map(({ name }) => name) ?? [];
  if (!columns.includes('lane')) {
    await sql`alter table jobs add column lane ${text} not null default 'main'`.execute(db);
  }
  if (!columns.includes('group_key')) {
    await sql`alter table jobs add column group_key ${text}`.execute(db);
  }
  await sql`drop index if exists jobs_due`.execute(db);
  await index('jobs_due_in_lane', 'jobs', ['lane', 'due_at', 'id'], { where: "state = 'ready'" });
}

async function eventTables({ log, table, index }: SchemaWriter): Promise<void> {
  await log('events', {
    account_id: 'text',
    conversation_id: 'text',
    id: 'text',
    type: 'text',
    body_json: 'text',
    request_id: 'text?',
    created_at: 'integer',
  });
  await index('events_in_order', 'events', ['account_id', 'transaction_id', 'position']);
  await index('events_of_conversation', 'events', ['conversation_id', 'position']);
  await index('events_by_age', 'events', ['created_at']);

  await table(
    'callback_deliveries',
    {
      account_id: 'text',
      conversation_id: 'text',
      target: 'text',
      event_position: 'integer',
      id: 'text',
      url: 'text',
      method: 'text',
      state: 'text',
      attempts: 'integer',
      last_error: 'text?',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['conversation_id', 'target', 'event_position'],
  );
  await index('callback_deliveries_event', 'callback_deliveries', ['account_id', 'event_position']);
  await index('callback_deliveries_dead', 'callback_deliveries', ['account_id', 'id'], {
    where: "state = 'dead'",
  });

  await table('signing_tokens', { account_id: 'text', token: 'text', created_at: 'integer' }, ['account_id']);
}

async function captureTables({ table, index }: SchemaWriter): Promise<void> {
  await table(
    'owned_addresses',
    { account_id: 'text', bare_address: 'text', address: 'text', created_at: 'integer' },
    ['account_id', 'bare_address'],
  );
  await index('communications_of_resource', 'communications', ['account_id', 'resource_id'], {
    where: 'resource_id is not null',
  });
}

async function actionTables({ table, index }: SchemaWriter): Promise<void> {
  await table(
    'actions',
    {
      account_id: 'text',
      conversation_id: 'text',
      id: 'text',
      type: 'text',
      payload_json: 'text',
      status: 'text',
      communication_id: 'text?',
      failure_reason: 'text?',
      created_at: 'integer',
      updated_at: 'integer',
      completed_at: 'integer?',
    },
    ['conversation_id', 'id'],
  );
  await table(
    'action_messages',
    {
      account_id: 'text',
      conversation_id: 'text',
      action_id: 'text',
      recipient: 'integer',
      state: 'text',
      message_sid: 'text?',
      error: 'text?',
      updated_at: 'integer',
    },
    ['conversation_id', 'action_id', 'recipient'],
  );
  await index('action_messages_sid', 'action_messages', ['account_id', 'message_sid'], {
    where: 'message_sid is not null',
  });
  await table(
    'outbox_messages',
    {
      account_id: 'text',
      id: 'text',
      conversation_id: 'text',
      action_id: 'text',
      message_json: 'text',
      created_at: 'integer',
    },
    ['account_id', 'id'],
  );
  await index('outbox_messages_conversation', 'outbox_messages', ['conversation_id', 'id']);
}
