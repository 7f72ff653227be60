import { type ColumnMetadata, CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { Database, Reader } from '../../src/storage/index.ts';
import type { LoggedQuery } from './query-log.ts';
import { accountId } from './rows.ts';

/** A step of a plan that goes through a whole table, or through everything that an account or a store has in it. */
export interface Scan {
  readonly text: string;
  readonly step: string;
}

/** The scans in the plans of these queries. */
export async function findScans(db: Database, queries: readonly LoggedQuery[]): Promise<Scan[]> {
  if (db.engine === 'sqlite') return scansOf(queries, (query) => sqliteScans(db.reader, query));
  return db.transaction(async (tx) => {
    // Where an index serves at all, a plan without it is one for a table that is too small.
    await sql`set local enable_seqscan = off`.execute(tx);
    // The same of a bitmap, which a store of a few profiles is worth.
    await sql`set local enable_bitmapscan = off`.execute(tx);
    return scansOf(queries, (query) => postgresScans(tx, query));
  });
}

async function scansOf(
  queries: readonly LoggedQuery[],
  explain: (query: LoggedQuery) => Promise<string[]>,
): Promise<Scan[]> {
  const scans: Scan[] = [];
  for (const query of queries) {
    for (const step of await explain(query)) scans.push({ text: query.text, step });
  }
  return scans;
}

/** Steps such as `SEARCH jobs USING INDEX jobs_due_in_lane (lane=? AND due_at<?)`. */
async function sqliteScans(reader: Reader, { text, values }: LoggedQuery): Promise<string[]> {
  const rows = await explain<{ detail: string }>(reader, `explain query plan ${text}`, values);
  return rows
    .map(({ detail }) => detail)
    .filter(
      (detail) =>
        /^SCAN (?!CONSTANT ROW|\(|\d+-ROW VALUES|.*VIRTUAL TABLE)/.test(detail) ||
        /^SEARCH .*\((account|store)_id=\?\)$/.test(detail),
    );
}

/** A node of a plan, as `explain (format json)` tells it. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  /** How often it was run, if the query was. */
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly PlanNode[];
}

async function postgresScans(reader: Reader, query: LoggedQuery): Promise<string[]> {
  return (await nodesOfQuery(reader, query)).filter(isScan).map(describeNode);
}

/** A query that goes to several partitions of one table. */
export interface Spread {
  readonly text: string;
  readonly table: string;
  readonly partitions: number;
}

/** The queries among these that go to more than one partition of a table, or to more than `allowed` of them. */
export async function findSpreads(
  db: Database,
  queries: readonly LoggedQuery[],
  allowed = 1,
): Promise<Spread[]> {
  const wholes = await listPartitions(db.reader);
  const spreads: Spread[] = [];
  for (const query of queries) {
    const nodes = await nodesOfQuery(db.reader, query, canBeRun(query) ? 'analyze' : 'plan');
    for (const [table, ofTable] of Map.groupBy(nodes, (node) => wholes.get(node['Relation Name'] ?? ''))) {
      const partitions = countTouched(ofTable);
      if (table && partitions > allowed) spreads.push({ text: query.text, table, partitions });
    }
  }
  return spreads;
}

/** Those that were run; where none was, all that are planned. */
function countTouched(nodes: readonly PlanNode[]): number {
  const run = nodes.filter((node) => node['Actual Loops'] !== 0);
  return new Set((run.length > 0 ? run : nodes).map((node) => node['Relation Name'])).size;
}

/** Names of all partitions, with the table of each. */
async function listPartitions(reader: Reader): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ name: string; whole: string }>`
    select inhrelid::regclass::text as name, inhparent::regclass::text as whole
    from pg_inherits join pg_class on oid = inhrelid where relkind = 'r'`.execute(reader);
  return new Map(rows.map(({ name, whole }) => [name, whole]));
}

/** Partitions that a list of values rules out are in the plan and never run; what writes is planned only. */
function canBeRun({ text }: LoggedQuery): boolean {
  return /^\s*select\b/i.test(text);
}

async function nodesOfQuery(
  reader: Reader,
  { text, values }: LoggedQuery,
  how: 'plan' | 'analyze' = 'plan',
): Promise<PlanNode[]> {
  const [row] = await explain<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
    reader,
    `explain (format json, analyze ${how === 'analyze'}) ${text}`,
    values,
  );
  return (row?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => nodesOf(Plan));
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function isScan(node: PlanNode): boolean {
  const type = node['Node Type'];
  if (type === 'Seq Scan') return true;
  if (!/^(Bitmap )?Index (Only )?Scan$/.test(type)) return false;
  return /^$|^\((account|store)_id = [^()]*\)$/.test(node['Index Cond'] ?? '');
}

function describeNode(node: PlanNode): string {
  return `${node['Node Type']} ${node['Relation Name'] ?? ''} ${node['Index Name'] ?? ''} ${node['Index Cond'] ?? ''}`;
}

async function explain<Row>(reader: Reader, text: string, values: readonly unknown[]): Promise<Row[]> {
  // The caller knows the rows of a plan.
  const { rows } = await reader.executeQuery(CompiledQuery.raw(text, [...values]));
  return rows as Row[];
}

/** How many rows `fillTables` adds to a table. */
const rowsAdded = 2000;

/** Adds rows that mean nothing to every table, so that PostgreSQL has reason to use an index, and tells it so. */
export async function fillTables(db: Database): Promise<void> {
  if (db.engine === 'sqlite') return;
  const tables = await db.reader.introspection.getTables();
  await db.transaction(async (tx) => {
    for (const { name, columns } of tables) {
      const filled = columns.filter((column) => column.name !== 'position' || name !== 'events');
      const names = sql.join(filled.map((column) => sql.ref(column.name)));
      const values = sql.join(filled.map(junk));
      await sql`insert into ${sql.table(name)} (${names}) select ${values} from generate_series(1, ${sql.lit(rowsAdded)}) as n on conflict do nothing`.execute(
        tx,
      );
    }
  });
  await sql`analyze`.execute(db.reader);
}

/** A value that no other row has, and null in every other row where it may be: conditions of partial indexes ask for that. */
function junk({ name, dataType, isNullable }: ColumnMetadata): RawBuilder<unknown> {
  if (name === 'account_id') return sql`${sql.lit(accountId)}`;
  const value = dataType === 'int8' ? sql`n` : dataType === 'bytea' ? sql`'\\x00'::bytea` : sql`'x' || n`;
  return isNullable ? sql`case when n % 2 = 0 then ${value} end` : value;
}
