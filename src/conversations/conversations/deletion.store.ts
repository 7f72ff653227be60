import type { ErasableTable } from '../../storage/index.ts';

/** Every table with something of a conversation: what is not listed here is not erased with it. */
export const conversationTables: readonly ErasableTable[] = [
  {
    table: 'callback_deliveries',
    by: 'conversation_id',
    key: ['conversation_id', 'target', 'event_position'],
  },
  {
    table: 'event_profiles',
    by: 'conversation_id',
    key: ['conversation_id', 'event_position', 'profile_id'],
  },
  { table: 'events', by: 'conversation_id', key: ['account_id', 'position'] },
  { table: 'action_messages', by: 'conversation_id', key: ['conversation_id', 'action_id', 'recipient'] },
  { table: 'outbox_messages', by: 'conversation_id', key: ['account_id', 'id'] },
  { table: 'actions', by: 'conversation_id', key: ['conversation_id', 'id'] },
  { table: 'communications', by: 'conversation_id', key: ['conversation_id', 'id'] },
  {
    table: 'participant_addresses',
    by: 'conversation_id',
    key: ['conversation_id', 'participant_id', 'position'],
  },
  { table: 'participants', by: 'conversation_id', key: ['conversation_id', 'id'] },
  {
    table: 'conversation_channel_ids',
    by: 'conversation_id',
    key: ['account_id', 'channel_id', 'conversation_id'],
  },
  {
    table: 'grouping_keys',
    by: 'conversation_id',
    key: ['configuration_id', 'grouping_key', 'conversation_id'],
  },
];
