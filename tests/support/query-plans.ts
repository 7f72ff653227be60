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
  readonly Plans?: readonly PlanNode[];
}

async function postgresScans(reader: Reader, { text, values }: LoggedQuery): Promise<string[]> {
  const [row] = await explain<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
    reader,
    `explain (format json) ${text}`,
    values,
  );
  return (row?.['QUERY PLAN'] ?? [])
    .flatMap(({ Plan }) => nodesOf(Plan))
    .filter(isScan)
    .map(describeNode);
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
