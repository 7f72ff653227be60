import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { processorMsWithChildren } from './process-time.ts';

/** What a PostgreSQL server on this machine has used up to now. */
export interface PostgresUse {
  /** Processor milliseconds of all its processes, those that ended too. */
  readonly cpuMs: number;
  /** Bytes that it wrote to its log. */
  readonly logBytes: number;
  readonly commits: number;
}

/** Watches what a PostgreSQL server uses, and how large tables get. */
export interface PostgresWatch {
  use(): Promise<PostgresUse>;
  /** Bytes of tables with their indexes, all together. */
  bytesOf(tables: readonly string[]): Promise<number>;
  count(table: string): Promise<number>;
  run(statement: string): Promise<void>;
  stop(): Promise<void>;
}

/** Only of a server whose processes are on this machine. */
export async function watchPostgres(url: string): Promise<PostgresWatch> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const ask = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row> => {
    const [row] = (await client.query<Row>(text, values)).rows;
    if (!row) throw new Error(`no answer to ${text}`);
    return row;
  };
  const { pid } = await ask<{ pid: number }>('select pg_backend_pid() as pid');
  const server = parentOf(pid);
  return {
    async use() {
      // What other connections did is counted when they are idle for a moment; this makes ours look at it anew.
      await client.query('select pg_stat_clear_snapshot()');
      const { log, commits } = await ask<{ log: string; commits: string }>(
        `select pg_current_wal_lsn() - '0/0' as log, xact_commit as commits from pg_stat_database where datname = current_database()`,
      );
      return { cpuMs: cpuMsOfFamily(server), logBytes: Number(log), commits: Number(commits) };
    },
    async bytesOf(tables) {
      const { bytes } = await ask<{ bytes: string }>(
        'select sum(pg_total_relation_size(name::regclass)) as bytes from unnest($1::text[]) as names (name)',
        [tables],
      );
      return Number(bytes);
    },
    async count(table) {
      return Number((await ask<{ count: string }>(`select count(*) as count from ${table}`)).count);
    },
    run: async (statement) => void (await client.query(statement)),
    stop: () => client.end(),
  };
}

/** The process that starts all others, with what those that ended have left it, and those that run. */
function cpuMsOfFamily(server: number): number {
  const members = readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && isChildOf(Number(name), server),
  );
  return [server, ...members.map(Number)].reduce((total, pid) => total + processorMsWithChildren(pid), 0);
}

function isChildOf(pid: number, server: number): boolean {
  try {
    return parentOf(pid) === server;
  } catch {
    // It has ended since the list was read.
    return false;
  }
}

function parentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
}
