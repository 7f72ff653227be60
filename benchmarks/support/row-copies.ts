import type { StorageConnection } from './storage-connection.ts';

/** Where the rows are that are copied. */
export interface TemplateRows {
  readonly table: string;
  /** SQL condition. */
  readonly where: string;
}

/** How a copy differs from its template; `n` is the copy's number in the SQL of both. */
export interface CopyRules {
  /** SQL in place of each occurrence of a text. */
  readonly names: ReadonlyMap<string, string>;
  /** SQL in place of the values of a column. */
  readonly columns?: Readonly<Record<string, (value: unknown) => string>>;
}

/** SQL for a whole number as that many digits. */
export function digits(number: string, width: number): string {
  return `substr(cast(1${'0'.repeat(width)} + ${number} as text), 2)`;
}

/** The database makes so many copies of each row in one transaction. */
const copiesPerTransaction = 10_000;

/**
 * Makes copies 1 to `count` of rows, which takes a database a hundredth of what the requests would take. Of all copies in a
 * transaction the first row is made, then the second and so on, so that those of one copy lie apart as if they had come one
 * by one.
 */
export async function copyRows(
  storage: StorageConnection,
  sources: readonly TemplateRows[],
  rules: CopyRules,
  count: number,
): Promise<void> {
  const inserts: ((from: number, to: number) => string)[] = [];
  for (const { table, where } of sources) {
    const rows = await storage.rows<Record<string, unknown>>(`select * from ${table} where ${where}`);
    inserts.push(...rows.map((row) => insertOf(table, row, rules)));
  }
  for (let from = 1; from <= count; from += copiesPerTransaction) {
    const to = Math.min(count, from + copiesPerTransaction - 1);
    await storage.run('begin');
    for (const insert of inserts) await storage.run(insert(from, to));
    await storage.run('commit');
    if (to % 100_000 === 0) process.stderr.write(`${to} copies\n`);
  }
}

function insertOf(table: string, row: Record<string, unknown>, { names, columns = {} }: CopyRules) {
  const expressions = Object.entries(row).map(([column, value]) =>
    Object.hasOwn(columns, column) ? columns[column]?.(value) : expressionOf(value, names),
  );
  return (from: number, to: number) =>
    `with recursive copies (n) as (select cast(${from} as bigint) union all select n + 1 from copies where n < ${to})
     insert into ${table} (${Object.keys(row).join(', ')}) select ${expressions.join(', ')} from copies`;
}

function expressionOf(value: unknown, names: CopyRules['names']): string {
  if (typeof value !== 'string') return String(value);
  const pattern = new RegExp(
    `(${[...names.keys()].map((name) => name.replaceAll(/\W/g, '\\$&')).join('|')})`,
  );
  const parts = value.split(pattern).filter((part) => part !== '');
  return parts.map((part) => names.get(part) ?? literal(part)).join(' || ') || literal('');
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
