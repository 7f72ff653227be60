import type { SchemaWriter } from './columns.ts';

/** Events of one conversation are read in the order in which they happened, and found by the profiles that they mention. */
export async function eventOrderAndMentions({ renewLog, table, index }: SchemaWriter): Promise<void> {
  await renewLog('events');
  await table(
    'event_profiles',
    { account_id: 'text', conversation_id: 'text', event_position: 'integer', profile_id: 'text' },
    ['conversation_id', 'event_position', 'profile_id'],
  );
  await index('event_profiles_by_profile', 'event_profiles', ['account_id', 'profile_id']);
}
