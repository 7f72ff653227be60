import { sql } from 'kysely';
import type { SchemaWriter } from './columns.ts';

const memoryTables = ['observations', 'conversation_summaries'] as const;

/**
 * The index that Recall searches is kept in memory and rebuilt from the memories themselves: a version for each profile says
 * whether it is still exact, and the version on each memory what has changed since. The postings tables go.
 */
export async function memoryVersions({ db, integer, table, index }: SchemaWriter): Promise<void> {
  const tables = await db.introspection.getTables();
  for (const name of memoryTables) {
    const columns = tables.find((known) => known.name === name)?.columns ?? [];
    if (!columns.some((column) => column.name === 'memory_version')) {
      await sql`alter table ${sql.table(name)} add column memory_version ${integer} not null default 0`.execute(
        db,
      );
    }
    await index(`${name}_version`, name, ['profile_id', 'memory_version']);
  }
  await table(
    'memory_versions',
    { account_id: 'text', profile_id: 'text', version: 'integer', rebuilt_at_version: 'integer' },
    ['profile_id'],
  );
  await sql`drop table if exists memory_terms`.execute(db);
  await sql`drop table if exists memory_statistics`.execute(db);
}
