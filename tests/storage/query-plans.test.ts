import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, testAccount } from '../../src/testing/index.ts';
import { type CallbackReceiver, startCallbackReceiver } from '../support/callback-receiver.ts';
import { enginesOfServers } from '../support/engines.ts';
import { hotPaths, setScene } from '../support/hot-paths.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type LoggedQuery, logQueries, type QueryLog } from '../support/query-log.ts';
import { fillTables, findScans, type Scan } from '../support/query-plans.ts';

/** Steps that may go through a whole index, and why that does no harm. */
const harmless: readonly { readonly step: RegExp; readonly why: string }[] = [
  {
    step: /^(SCAN jobs USING COVERING INDEX|Index Only Scan jobs) jobs_leased\b/,
    why: 'it ends at the first row, and the index holds only the jobs that run at the moment',
  },
  { step: / identity_settings .*store_id\b/, why: 'a store has one row of them' },
  {
    step: / trait_groups .*store_id\b/,
    why: 'all groups of a store are wanted, and they are settings, not data',
  },
  {
    step: /^(SEARCH profiles USING PRIMARY KEY|Index (Only )?Scan profiles profiles_key) \(store_id\b/,
    why: 'the first page of a list in the order of this key, which ends when the page is full',
  },
];

describe.each(enginesOfServers)('the queries of hot paths on $engine', ({ engine, skip }) => {
  let postgres: PostgresServer | undefined;
  let receiver: CallbackReceiver;
  let log: QueryLog;
  const queries = new Map<string, LoggedQuery[]>();
  const scans = new Map<string, Scan[]>();

  beforeAll(async () => {
    if (skip) return;
    if (engine === 'PostgreSQL') postgres = await startPostgres();
    receiver = await startCallbackReceiver();
    const server = await startTestServer({
      env: postgres ? { DATABASE_URL: await postgres.createDatabase() } : {},
    });
    const scene = await setScene(server, receiver);
    log = logQueries();
    for (const [name, path] of Object.entries(hotPaths)) {
      queries.set(name, await log.during(() => path.run(scene)));
    }
    log.stop();
    await fillTables(server.context.db);
    for (const [name, made] of queries) scans.set(name, await findScans(server.context.db, made));
    const bare = ['content', 'created_at'].map((column) => ({
      text: `select id from observations where account_id = ${postgres ? '$1' : '?'} order by ${column}`,
      values: [testAccount.sid],
    }));
    scans.set('bare', await findScans(server.context.db, bare));
    await server.stop();
  });
  afterAll(async () => {
    await Promise.all([postgres?.stop(), receiver?.stop()]);
  });

  it.skipIf(skip).each(Object.entries(hotPaths))(
    '%s: all find their rows by an index',
    (name, { tables }) => {
      const texts = queries.get(name)?.map(({ text }) => text) ?? [];
      for (const table of tables) expect(texts).toContainEqual(expect.stringContaining(`"${table}"`));
      const harmful = scans.get(name)?.filter((scan) => !harmless.some(({ step }) => step.test(scan.step)));
      expect(harmful).toEqual([]);
    },
  );

  it.skipIf(skip)('and one that does not would be seen', () => {
    expect(scans.get('bare')).toHaveLength(2);
  });
});
