import { type PostgresPool, sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { callbackPool } from '../../src/storage/postgres/callback-pool.ts';
import { PostgresDatabase } from '../../src/storage/postgres/postgres-database.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';

describe.skipIf(whyNoPostgres)('queries of a connection pool', () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.createDatabase();
  });
  beforeEach(() => {
    pool = new pg.Pool({ connectionString: url, max: 1 });
  });
  afterEach(() => pool.end());
  afterAll(() => server.stop());

  it('answer with their rows', async () => {
    const client = await callbackPool(pool, undefined).connect();
    const { command, rowCount, rows } = await client.query('select $1::int as number', [7]);
    client.release();
    expect({ command, rowCount, rows }).toEqual({ command: 'SELECT', rowCount: 1, rows: [{ number: 7 }] });
  });

  it('fail with what the server says', async () => {
    const client = await callbackPool(pool, undefined).connect();
    await expect(client.query('select 1 / $1::int', [0])).rejects.toMatchObject({ code: '22012' });
    client.release();
  });

  it('fail when nothing comes back, and another connection takes the next', async () => {
    const impatient = callbackPool(pool, 50);
    const first = await backendOf(callbackPool(pool, undefined));
    const client = await impatient.connect();
    await expect(client.query('select pg_sleep($1)', [60])).rejects.toThrow('Query read timeout');
    client.release();
    const second = await backendOf(callbackPool(pool, undefined));
    expect(second).toBeGreaterThan(0);
    expect(second).not.toBe(first);
  });

  it('fail at once on a connection that fell silent, as does the rollback', async () => {
    const client = await callbackPool(pool, 50).connect();
    await client.query('begin', []);
    await expect(client.query('select pg_sleep($1)', [60])).rejects.toThrow('Query read timeout');
    const sent = vi.spyOn(pg.Client.prototype, 'query');
    await expect(client.query('rollback', [])).rejects.toThrow('Query read timeout');
    expect(sent).not.toHaveBeenCalled();
    sent.mockRestore();
    client.release();
  });

  it('are never compiled, whatever the planner believes', async () => {
    const db = PostgresDatabase.connect(url);
    const { rows } = await sql`select current_setting('jit') as jit`.execute(db.reader);
    await db.close();
    expect(rows).toEqual([{ jit: 'off' }]);
  });
});

/** Which process of the server answers. */
async function backendOf(connections: PostgresPool): Promise<number> {
  const client = await connections.connect();
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid', []);
  client.release();
  return rows[0]?.pid ?? 0;
}
