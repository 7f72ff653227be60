import { readFileSync } from 'node:fs';
import pg from 'pg';
import { openDatabase } from '../../src/storage/index.ts';

/** Of each table that is parted, as the script has it. */
export const partitionsPerTable = 16;

/** Parts the tables of a database by the script that operators use. A fresh database gets the current schema first. */
export async function partDatabase(postgresUrl: string): Promise<void> {
  await (await openDatabase({ postgresUrl })).close();
  const script = readFileSync(new URL('../../docs/partitions.sql', import.meta.url), 'utf8');
  await askDatabase(postgresUrl, script);
}

/** The rows that a statement leads to, over a connection of its own. */
export async function askDatabase(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
