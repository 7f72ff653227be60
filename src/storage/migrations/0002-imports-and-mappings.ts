import type { SchemaWriter } from './columns.ts';

/** CSV imports with their uploaded bytes, and mappings from outside data to traits. */
export async function importsAndMappings({ table, index }: SchemaWriter): Promise<void> {
  await table(
    'imports',
    {
      account_id: 'text',
      store_id: 'text',
      id: 'text',
      filename: 'text',
      file_size: 'integer',
      mappings_json: 'text',
      status: 'text',
      upload_key_hash: 'text',
      upload: 'integer',
      uploaded_bytes: 'integer?',
      expires_at: 'integer',
      rows_done: 'integer',
      bytes_done: 'integer',
      errors: 'integer',
      warnings: 'integer',
      failure: 'text?',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['store_id', 'id'],
  );
  await table(
    'import_chunks',
    {
      account_id: 'text',
      store_id: 'text',
      import_id: 'text',
      upload: 'integer',
      position: 'integer',
      bytes: 'bytes',
    },
    ['store_id', 'import_id', 'upload', 'position'],
  );

  await table(
    'data_mappings',
    {
      account_id: 'text',
      store_id: 'text',
      id: 'text',
      display_name: 'text',
      description: 'text?',
      is_enabled: 'integer',
      source_type: 'text',
      source_id: 'text',
      source_json: 'text',
      target_json: 'text',
      version: 'integer',
      created_at: 'integer',
      updated_at: 'integer',
    },
    ['store_id', 'id'],
  );
  await index('data_mappings_name', 'data_mappings', ['store_id', 'display_name'], { unique: true });
  await index('data_mappings_source', 'data_mappings', ['store_id', 'source_id']);
}
