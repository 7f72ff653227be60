import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/storage/index.ts';
import { startTestServer } from '../../src/testing/index.ts';
import { startCallbackReceiver } from '../support/callback-receiver.ts';
import { hotPaths, setScene } from '../support/hot-paths.ts';
import { type Answer, walkMainPaths } from '../support/main-paths.ts';
import { askDatabase, partDatabase, partitionsPerTable } from '../support/partitions.ts';
import { type PostgresServer, startPostgres, whyNoPostgres } from '../support/postgres-server.ts';
import { logQueries } from '../support/query-log.ts';
import { findSpreads, type Spread } from '../support/query-plans.ts';

/** Queries that go to all partitions, and why (docs/scaling.md). */
const everywhere: readonly { readonly text: RegExp; readonly why: string }[] = [
  {
    text: /from "profile_identifiers" where "profile_id" = /,
    why: 'what a profile has is asked of a table that is parted by value, where the value has one owner',
  },
  {
    text: /^select "id" from "profiles" where "store_id" = .* order by "id"/,
    why: 'a list of profiles is merged from the heads of the partitions, each in the order of its index',
  },
];

/** A bulk upsert of the hot paths looks for the values of two profiles. */
const subjects = (name: string) => (name === 'bulk upsert' ? 2 : 1);

const catalog = `
  select relname::text as table, format('%s %s %s %s', attname, atttypid::regtype, attcollation, attnotnull) as part
  from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
  union all
  select relname::text, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') || indisprimary
  from pg_class join pg_index on indrelid = pg_class.oid
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
  order by 1, 2`;

const partitionCounts = `
  select inhparent::regclass::text as table, count(*)::int as partitions
  from pg_inherits join pg_class on oid = inhrelid where relkind = 'r' group by 1 order by 1`;

describe.skipIf(whyNoPostgres)('a schema of hash partitions', () => {
  let postgres: PostgresServer;
  let plainUrl: string;
  let partedUrl: string;
  let plainAnswers: Answer[];
  let partedAnswers: Answer[];
  const spreads = new Map<string, Spread[]>();

  beforeAll(async () => {
    postgres = await startPostgres();
    plainUrl = await postgres.createDatabase();
    partedUrl = await postgres.createDatabase();
    await partDatabase(partedUrl);
    plainAnswers = await answersOn(plainUrl);
    partedAnswers = await answersOn(partedUrl);
    await explainHotPaths();
  });
  afterAll(() => postgres?.stop());

  async function answersOn(url: string): Promise<Answer[]> {
    const server = await startTestServer({ env: { DATABASE_URL: url } });
    const answers = await walkMainPaths(server);
    await server.stop();
    return answers;
  }

  async function explainHotPaths(): Promise<void> {
    const receiver = await startCallbackReceiver();
    const server = await startTestServer({ env: { DATABASE_URL: partedUrl } });
    const scene = await setScene(server, receiver);
    const log = logQueries();
    for (const [name, path] of Object.entries(hotPaths)) {
      const queries = await log.during(() => path.run(scene));
      spreads.set(name, await findSpreads(server.context.db, queries, subjects(name)));
    }
    log.stop();
    await Promise.all([server.stop(), receiver.stop()]);
  }

  it('has the columns, keys and indexes of the plain one', async () => {
    expect(await askDatabase(partedUrl, catalog)).toEqual(await askDatabase(plainUrl, catalog));
  });

  it('has 16 partitions of each table that it parts', async () => {
    const counts = await askDatabase(partedUrl, partitionCounts);
    expect(counts).toHaveLength(18);
    expect(counts).toContainEqual({ table: 'observations', partitions: partitionsPerTable });
    expect(new Set(counts.map((row) => (row as { partitions: number }).partitions))).toEqual(
      new Set([partitionsPerTable]),
    );
  });

  it('gives the answers of the plain one', () => {
    const refused = plainAnswers.filter(({ status }) => status >= 300);
    // A merged profile points to the survivor, and an erased one is gone.
    expect(refused.map(({ status }) => status)).toEqual([301, 404]);
    expect(partedAnswers).toEqual(plainAnswers);
  });

  it.each(Object.keys(hotPaths))('%s: each query goes to one partition of a table', (name) => {
    const unexpected = spreads
      .get(name)
      ?.filter(({ text }) => !everywhere.some((entry) => entry.text.test(text)));
    expect(unexpected).toEqual([]);
  });

  it('and a query that goes to all partitions would be seen', async () => {
    const query = { text: 'select content from observations where id = $1', values: ['none'] };
    const byValue = { text: 'select value from profile_identifiers where profile_id = $1', values: ['none'] };
    const db = await openDatabase({ postgresUrl: partedUrl });
    const found = await findSpreads(db, [query, byValue]);
    await db.close();
    expect(found.map(({ table, partitions }) => [table, partitions])).toEqual([
      ['observations', partitionsPerTable],
      ['profile_identifiers', partitionsPerTable],
    ]);
  });

  it('is made of a database with rows, which move along, and only once', async () => {
    const rows = 'select * from profile_traits order by profile_id, trait_group, name';
    const before = await askDatabase(plainUrl, rows);
    await partDatabase(plainUrl);
    await partDatabase(plainUrl);
    expect(await askDatabase(plainUrl, rows)).toEqual(before);
    expect(before).not.toEqual([]);
    expect(await askDatabase(plainUrl, partitionCounts)).toHaveLength(18);
  });
});
