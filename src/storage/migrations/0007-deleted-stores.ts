import { sql } from 'kysely';
import type { SchemaWriter } from './columns.ts';

/** Stores that were deleted and wait to be erased; their names are free. */
export async function deletedStores({ db, integer, index }: SchemaWriter): Promise<void> {
  const stores = (await db.introspection.getTables()).find(({ name }) => name === 'stores');
  if (!stores?.columns.some(({ name }) => name === 'deleted_at')) {
    await sql`alter table stores add column deleted_at ${integer}`.execute(db);
  }
  await sql`drop index if exists stores_name`.execute(db);
  await index('stores_live_name', 'stores', ['account_id', 'display_name'], {
    unique: true,
    where: 'deleted_at is null',
  });
}
