import type { SchemaWriter } from './columns.ts';

/** Where extracted observations come from, and what models were asked to read for an account in a day. */
export async function extraction({ table }: SchemaWriter): Promise<void> {
  await table(
    'observation_provenance',
    {
      account_id: 'text',
      profile_id: 'text',
      observation_id: 'text',
      revision: 'integer',
      conversation_id: 'text',
      communication_ids_json: 'text',
      extractor: 'text',
      extractor_version: 'text',
      stands_in_for: 'text?',
      extracted_at: 'integer',
    },
    ['profile_id', 'observation_id', 'revision'],
  );
  await table('model_usage', { account_id: 'text', day: 'text', tokens: 'integer' }, ['account_id', 'day']);
}
