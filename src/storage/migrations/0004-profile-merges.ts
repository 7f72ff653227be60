import type { SchemaWriter } from './columns.ts';

/** What was merged into what, why, and what moved, so that it can be put back. */
export async function profileMerges({ table, index }: SchemaWriter): Promise<void> {
  await table(
    'profile_merges',
    {
      account_id: 'text',
      store_id: 'text',
      holder_id: 'text',
      id: 'text',
      survivor_id: 'text',
      merged_id: 'text',
      reason_json: 'text',
      moved_json: 'text',
      merged_at: 'integer',
      undone_at: 'integer?',
    },
    ['id'],
  );
  await index('profile_merges_holder', 'profile_merges', ['holder_id', 'id']);
}
