import { sql } from 'kysely';
import type { Tx } from './database.ts';
import type { Schema } from './schema.ts';

/** A table whose rows belong to a profile, and the column that says which memory they are of. */
type TableOfProfile = {
  [Name in keyof Schema]: Schema[Name] extends { profile_id: unknown }
    ? { readonly table: Name; readonly by: keyof Schema[Name] & string }
    : never;
}[keyof Schema];

const idsPerStatement = 500;

/** Hands the rows of some memories of a profile to another, in each table; those that are gone meanwhile are passed over. */
export async function moveSome(
  tx: Tx,
  tables: readonly TableOfProfile[],
  { fromProfileId, toProfileId }: { fromProfileId: string; toProfileId: string },
  ids: readonly string[],
): Promise<void> {
  for (let start = 0; start < ids.length; start += idsPerStatement) {
    const some = sql.join(ids.slice(start, start + idsPerStatement));
    for (const { table, by } of tables) {
      await sql`update ${sql.table(table)} set profile_id = ${toProfileId}
        where profile_id = ${fromProfileId} and ${sql.ref(by)} in (${some})`.execute(tx);
    }
  }
}
