import type { SchemaWriter } from './columns.ts';

/** Accounts' keys, jobs and operations; memory stores, profiles and memories; configurations and conversations. */
export async function foundation({ table, index }: SchemaWriter): Promise<void> {
  await platformTables({ table, index });
  await memoryTables({ table, index });
  await conversationTables({ table, index });
}

type Writer = Pick<SchemaWriter, 'table' | 'index'>;

async function platformTables({ table, index }: Writer): Promise<void> {
  await table(
    'api_keys',
    {
      account_id: 'text',
      sid: 'text',
      name: 'text',
      salt: 'text',
      hash: 'text',
      created_at: 'integer',
      revoked_at: 'integer?',
    },
    ['sid'],
  );

  await table(
    'jobs',
    {
      id: 'text',
      account_id: 'text',
      name: 'text',
      payload_json: 'text',
      state: 'text',
      due_at: 'integer',
      attempts: 'integer',
      lease_token: 'text?',
      lease_until: 'integer?',
      dedupe_key: 'text?',
      last_error: 'text?',
      created_at: 'integer',
    },
    ['id'],
  );
  await index('jobs_due', 'jobs', ['due_at', 'id'], { where: "state = 'ready'" });
  await index('jobs_leased', 'jobs', ['lease_until'], { where: "state = 'running'" });
  await index('jobs_dead', 'jobs', ['id'], { where: "state = 'dead'" });
  await index('jobs_dedupe', 'jobs', ['dedupe_key'], {
    unique: true,
    where: "dedupe_key is not null and state <> 'dead'",
  });

  await table(
    'operations',
    {
      account_id: 'text',
      id: 'text',
      api: 'text',
      kind: 'text',
      status: 'text',
      created_at: 'integer',
      completed_at: 'integer?',
      result_id: 'text?',
      result_path: 'text?',
      related_json: 'text',
      error_json: 'text?',
      idempotency_key: 'text?',
      fingerprint: 'text?',
    },
    ['account_id', 'id'],
  );
  await index('operations_idempotency', 'operations', ['account_id', 'idempotency_key'], {
    unique: true,
    where: 'idempotency_key is not null',
  });
}

async function memoryTables({ table, index }: Writer): Promise<void> {
  await table(
    'stores',
    {
      account_id: 'text',
      id: 'text',
      display_name: 'text',
      description: 'text?',
      status: 'text',
      intelligence_service_id: 'text?',
      version: 'integer',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['account_id', 'id'],
  );
  await index('stores_name', 'stores', ['account_id', 'display_name'], { unique: true });

  await table(
    'identity_settings',
    { account_id: 'text', store_id: 'text', settings_json: 'text', version: 'integer' },
    ['store_id'],
  );
  await table(
    'trait_groups',
    {
      account_id: 'text',
      store_id: 'text',
      name: 'text',
      description: 'text?',
      traits_json: 'text',
      version: 'integer',
      created_at: 'integer',
    },
    ['store_id', 'name'],
  );

  await table(
    'profiles',
    { account_id: 'text', store_id: 'text', id: 'text', created_at: 'integer', merged_into: 'text?' },
    ['store_id', 'id'],
  );
  await index('profiles_merged', 'profiles', ['store_id', 'merged_into'], {
    where: 'merged_into is not null',
  });

  await table(
    'profile_traits',
    {
      account_id: 'text',
      store_id: 'text',
      profile_id: 'text',
      trait_group: 'text',
      name: 'text',
      value_json: 'text',
      updated_at: 'integer',
    },
    ['profile_id', 'trait_group', 'name'],
  );

  await table(
    'profile_identifiers',
    {
      account_id: 'text',
      store_id: 'text',
      profile_id: 'text',
      id_type: 'text',
      value: 'text',
      added_at: 'integer',
      position: 'integer',
      exclusive: 'integer',
    },
    ['profile_id', 'id_type', 'value'],
  );
  await index('profile_identifiers_value', 'profile_identifiers', [
    'store_id',
    'id_type',
    'value',
    'profile_id',
  ]);
  await index('profile_identifiers_owner', 'profile_identifiers', ['store_id', 'id_type', 'value'], {
    unique: true,
    where: 'exclusive = 1',
  });

  await memoryContentTables({ table, index });
}

async function memoryContentTables({ table, index }: Writer): Promise<void> {
  await table(
    'observations',
    {
      account_id: 'text',
      store_id: 'text',
      profile_id: 'text',
      id: 'text',
      content: 'text',
      source: 'text',
      occurred_at: 'integer',
      conversation_ids_json: 'text',
      created_at: 'integer',
      updated_at: 'integer',
      revision: 'integer',
    },
    ['profile_id', 'id'],
  );
  await index('observations_created', 'observations', ['profile_id', 'created_at', 'id']);

  await table(
    'observation_revisions',
    {
      account_id: 'text',
      profile_id: 'text',
      observation_id: 'text',
      revision: 'integer',
      content: 'text',
      source: 'text',
      occurred_at: 'integer',
      conversation_ids_json: 'text',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['profile_id', 'observation_id', 'revision'],
  );

  await table(
    'observation_conversations',
    { account_id: 'text', profile_id: 'text', conversation_id: 'text', observation_id: 'text' },
    ['profile_id', 'conversation_id', 'observation_id'],
  );

  await table(
    'conversation_summaries',
    {
      account_id: 'text',
      store_id: 'text',
      profile_id: 'text',
      id: 'text',
      conversation_id: 'text',
      content: 'text',
      source: 'text?',
      occurred_at: 'integer',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['profile_id', 'id'],
  );
  await index('conversation_summaries_created', 'conversation_summaries', ['profile_id', 'created_at', 'id']);
  await index('conversation_summaries_conversation', 'conversation_summaries', [
    'profile_id',
    'conversation_id',
    'created_at',
    'id',
  ]);

  await table(
    'memory_terms',
    {
      account_id: 'text',
      profile_id: 'text',
      kind: 'text',
      term: 'text',
      memory_id: 'text',
      frequency: 'integer',
      length: 'integer',
    },
    ['profile_id', 'kind', 'term', 'memory_id'],
  );
  await table(
    'memory_statistics',
    { account_id: 'text', profile_id: 'text', kind: 'text', memories: 'integer', terms: 'integer' },
    ['profile_id', 'kind'],
  );
}

async function conversationTables({ table, index }: Writer): Promise<void> {
  await table(
    'configurations',
    {
      account_id: 'text',
      id: 'text',
      display_name: 'text',
      settings_json: 'text',
      memory_store_id: 'text',
      bridge_service_id: 'text?',
      version: 'integer',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['account_id', 'id'],
  );
  await index('configurations_name', 'configurations', ['account_id', 'display_name'], { unique: true });
  await index('configurations_store', 'configurations', ['account_id', 'memory_store_id', 'id']);
  await index('configurations_bridge', 'configurations', ['account_id', 'bridge_service_id'], {
    unique: true,
    where: 'bridge_service_id is not null',
  });

  await table(
    'conversations',
    {
      account_id: 'text',
      id: 'text',
      configuration_id: 'text',
      configuration_json: 'text',
      status: 'text',
      name: 'text?',
      metadata_json: 'text',
      channel_activity_json: 'text',
      timers_from: 'integer',
      extracted_through: 'text?',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['account_id', 'id'],
  );
  await index('conversations_status', 'conversations', ['account_id', 'status', 'id']);

  await table(
    'conversation_keys',
    { account_id: 'text', configuration_id: 'text', grouping_key: 'text', conversation_id: 'text' },
    ['configuration_id', 'grouping_key'],
  );
  await index('conversation_keys_conversation', 'conversation_keys', ['conversation_id']);

  await table(
    'conversation_channel_ids',
    { account_id: 'text', channel_id: 'text', conversation_id: 'text' },
    ['account_id', 'channel_id', 'conversation_id'],
  );
  await index('conversation_channel_ids_conversation', 'conversation_channel_ids', ['conversation_id']);

  await table(
    'participants',
    {
      account_id: 'text',
      conversation_id: 'text',
      id: 'text',
      name: 'text',
      type: 'text',
      profile_id: 'text?',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['conversation_id', 'id'],
  );
  await table(
    'participant_addresses',
    {
      account_id: 'text',
      conversation_id: 'text',
      participant_id: 'text',
      position: 'integer',
      channel: 'text',
      address: 'text',
      channel_id: 'text?',
    },
    ['conversation_id', 'participant_id', 'position'],
  );

  await table(
    'communications',
    {
      account_id: 'text',
      conversation_id: 'text',
      id: 'text',
      author_json: 'text',
      content_json: 'text',
      recipients_json: 'text',
      channel_id: 'text?',
      resource_id: 'text?',
      occurred_at: 'integer',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['conversation_id', 'id'],
  );
  await index('communications_resource', 'communications', ['conversation_id', 'resource_id'], {
    unique: true,
    where: 'resource_id is not null',
  });
}
