import type { SchemaWriter } from './columns.ts';

/** Which conversations an observation mentions stands in the observation; the table that said it again was a fifth of its size. */
export async function mentionsInObservations({ db }: SchemaWriter): Promise<void> {
  await db.schema.dropTable('observation_conversations').ifExists().execute();
}
