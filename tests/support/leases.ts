import pg from 'pg';

/**
 * Ends the leases of all jobs on a PostgreSQL server, as those of a killed process end by themselves after 15 seconds: the
 * next process takes its jobs up at once. On SQLite it does anyway.
 */
export async function endLeases(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("update jobs set lease_until = 0 where state = 'running'").finally(() => client.end());
}
