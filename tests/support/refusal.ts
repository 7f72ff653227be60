import { sql } from 'kysely';
import type { Database } from '../../src/storage/index.ts';

/** What the database says when it refuses; no caller is to see it. */
export const refusalText = 'refused by a trigger of this test';

/**
 * Makes the database refuse to add, change or delete rows of a table where `when` holds, until the answer is called: a
 * fault that no code of ours knows of.
 */
export async function refuse(
  db: Database,
  event: 'insert' | 'delete' | 'update',
  table: string,
  when = '1 = 1',
): Promise<() => Promise<void>> {
  const run = (text: string) => db.transaction(async (tx) => void (await sql.raw(text).execute(tx)));
  if (db.engine === 'sqlite') {
    await run(
      `create trigger refusal before ${event} on ${table} when ${when} begin select raise(abort, '${refusalText}'); end`,
    );
    return () => run('drop trigger refusal');
  }
  await run(
    `create or replace function refusal() returns trigger language plpgsql as $$ begin raise exception '${refusalText}'; end $$`,
  );
  await run(
    `create trigger refusal before ${event} on ${table} for each row when (${when}) execute function refusal()`,
  );
  return () => run(`drop trigger refusal on ${table}`);
}
