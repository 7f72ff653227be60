import { createHash } from 'node:crypto';
import { type SelectQueryBuilder, sql } from 'kysely';

/** What a list request asks for. `cursor` is undefined on the first page. */
export interface PageRequest {
  readonly size: number;
  readonly order: 'ASC' | 'DESC';
  readonly cursor?: Cursor | undefined;
}

/** A place between two rows: the sort key of the row next to it, and which way the page runs from there. */
export interface Cursor {
  readonly direction: 'next' | 'previous';
  readonly position: readonly (string | number)[];
}

/** A page of rows with the cursors around it; a cursor is left out where the list ends. */
export interface Page<Row> {
  readonly items: Row[];
  readonly next?: Cursor;
  readonly previous?: Cursor;
}

/**
 * Reads one page by keyset: rows are ordered by `columns`, which together are unique, and the page starts after the
 * cursor's position, so rows that come or go between two calls are neither repeated nor skipped.
 */
export async function fetchPage<DB, TB extends keyof DB, Row extends object>(
  query: SelectQueryBuilder<DB, TB, Row>,
  columns: readonly (keyof Row & string)[],
  { size, order, cursor }: PageRequest,
): Promise<Page<Row>> {
  const backward = cursor?.direction === 'previous';
  const descending = (order === 'DESC') !== backward;
  const key = sql.join(columns.map((column) => sql.ref(column)));

  let page = query;
  if (cursor) {
    const position = sql.join(cursor.position.map((value) => sql.val(value)));
    page = page.where(
      descending ? sql<boolean>`(${key}) < (${position})` : sql<boolean>`(${key}) > (${position})`,
    );
  }
  for (const column of columns) page = page.orderBy(sql.ref(column), descending ? 'desc' : 'asc');

  const rows = (await page.limit(size + 1).execute()) as Row[];
  return toPage(rows, (row) => columns.map((column) => row[column] as string | number), { size, cursor });
}

/** The page at the head of what follows the cursor, in the cursor's direction. */
function toPage<Item>(
  following: readonly Item[],
  positionOf: (item: Item) => readonly (string | number)[],
  { size, cursor }: Pick<PageRequest, 'size' | 'cursor'>,
): Page<Item> {
  const backward = cursor?.direction === 'previous';
  const hasMore = following.length > size;
  const items = following.slice(0, size);
  if (backward) items.reverse();
  const first = items[0];
  const last = items.at(-1);
  const hasNext = backward ? last !== undefined : hasMore;
  const hasPrevious = backward ? hasMore : cursor !== undefined && first !== undefined;
  return {
    items,
    ...(hasNext && last ? { next: { direction: 'next', position: positionOf(last) } } : {}),
    ...(hasPrevious && first ? { previous: { direction: 'previous', position: positionOf(first) } } : {}),
  };
}

/** The same for a list that is in memory already: short lists that are stored as one value. */
export function pageOfItems<Item>(
  items: readonly Item[],
  positionOf: (item: Item) => readonly (string | number)[],
  { size, order, cursor }: PageRequest,
): Page<Item> {
  const backward = cursor?.direction === 'previous';
  const sign = (order === 'DESC') !== backward ? -1 : 1;
  const compare = (a: Cursor['position'], b: Cursor['position']) => sign * comparePositions(a, b);
  const following = items
    .filter((item) => cursor === undefined || compare(positionOf(item), cursor.position) > 0)
    .sort((a, b) => compare(positionOf(a), positionOf(b)));
  return toPage(following, positionOf, { size, cursor });
}

function comparePositions(a: Cursor['position'], b: Cursor['position']): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  const [one = '', other = ''] = [a[at], b[at]];
  return at < 0 ? 0 : one < other ? -1 : 1;
}

export type KeyType = 'text' | 'integer';

/** Characters of the digest that ties a token to its list, filters and order. */
const scopeLength = 8;

/** The opaque form of a cursor. `scope` says which list it is for: the path, the filters and the order. */
export function encodeCursor(cursor: Cursor, scope: string): string {
  const body = [cursor.direction === 'next' ? 'n' : 'p', scopeDigest(scope), ...cursor.position];
  return Buffer.from(JSON.stringify(body)).toString('base64url');
}

/** Undefined when the token is not one of ours or belongs to another list, filter or order. */
export function decodeCursor(token: string, scope: string, key: readonly KeyType[]): Cursor | undefined {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(body) || body.length !== key.length + 2 || body[1] !== scopeDigest(scope))
    return undefined;
  const position: unknown[] = body.slice(2);
  if (!position.every((value, at) => isKeyValue(value, key[at])) || (body[0] !== 'n' && body[0] !== 'p'))
    return undefined;
  return { direction: body[0] === 'n' ? 'next' : 'previous', position };
}

function isKeyValue(value: unknown, type: KeyType | undefined): value is string | number {
  // PostgreSQL has no text with NUL in it; no key of ours contains one either.
  return type === 'text' ? typeof value === 'string' && !value.includes('\0') : Number.isSafeInteger(value);
}

function scopeDigest(scope: string): string {
  return createHash('sha256').update(scope).digest('base64url').slice(0, scopeLength);
}
