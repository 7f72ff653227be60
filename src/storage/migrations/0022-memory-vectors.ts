import type { SchemaWriter } from './columns.ts';

/** Vectors of memories, and the model for which all of them were last asked for. */
export async function memoryVectors({ table, index }: SchemaWriter): Promise<void> {
  await table(
    'memory_vectors',
    {
      account_id: 'text',
      profile_id: 'text',
      kind: 'text',
      memory_id: 'text',
      model: 'text',
      memory_version: 'integer',
      vector: 'bytes',
    },
    ['profile_id', 'kind', 'memory_id'],
  );
  await index('memory_vectors_version', 'memory_vectors', ['profile_id', 'memory_version']);
  await table('embedding_models', { id: 'text', model: 'text' }, ['id']);
}
