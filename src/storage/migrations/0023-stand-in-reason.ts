import { sql } from 'kysely';
import type { SchemaWriter } from './columns.ts';

/** Why an extractor stood in for another. */
export async function standInReason({ db, text }: SchemaWriter): Promise<void> {
  const provenance = (await db.introspection.getTables()).find(
    ({ name }) => name === 'observation_provenance',
  );
  if (!provenance?.columns.some(({ name }) => name === 'stand_in_reason')) {
    await sql`alter table observation_provenance add column stand_in_reason ${text}`.execute(db);
  }
}
