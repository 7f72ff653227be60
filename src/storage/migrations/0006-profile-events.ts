import type { SchemaWriter } from './columns.ts';

/** Communication events that callers of the older API put on profiles. */
export async function profileEvents({ table }: SchemaWriter): Promise<void> {
  await table(
    'profile_events',
    {
      account_id: 'text',
      store_id: 'text',
      profile_id: 'text',
      id: 'text',
      type: 'text',
      event_json: 'text',
      occurred_at: 'integer',
      created_at: 'integer',
    },
    ['profile_id', 'id'],
  );
}
