import Type, { type Static, type TSchema } from 'typebox';
import { errors } from '../errors/index.ts';
import { decodeCursor, encodeCursor, type KeyType, type Page, type PageRequest } from '../storage/index.ts';

const pageSizeDefault = 50;
const tokenLengthMax = 500;

/** `pageSize` and `pageToken` of every list; a size above the list's maximum is clamped, since SDKs send `limit` as size. */
export const pageParameters = {
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: 'Most items per page, 50 by default; above the maximum of the list it is cut to that.',
    }),
  ),
  pageToken: Type.Optional(
    Type.String({
      maxLength: tokenLengthMax,
      description: 'Token from meta.nextToken or meta.previousToken.',
    }),
  ),
};

export const orderParameter = {
  orderBy: Type.Optional(Type.Enum(['ASC', 'DESC'], { description: 'Sort direction, DESC by default.' })),
};

export interface PageQuery {
  readonly pageSize?: number;
  readonly pageToken?: string;
  readonly orderBy?: 'ASC' | 'DESC';
}

/** What a list is: which sort key its tokens carry and how large its pages get. */
export interface ListDescription {
  /** Name of the member that holds the items; `meta.key` repeats it. */
  readonly key: string;
  readonly sortKey: readonly KeyType[];
  readonly sizeMax: number;
}

/**
 * Reads the paging parameters. `scope` names the list down to its filters, so that a token taken from another list or under
 * other filters is refused.
 */
export function toPageRequest(
  list: ListDescription,
  query: PageQuery,
  scope: readonly unknown[],
): PageRequest {
  const order = query.orderBy ?? 'DESC';
  const size = Math.min(query.pageSize ?? pageSizeDefault, list.sizeMax);
  if (!query.pageToken) return { size, order };
  const cursor = decodeCursor(query.pageToken, scopeText(list, order, scope), list.sortKey);
  if (!cursor) throw errors.invalid('pageToken', 'is not a token of this list with these parameters');
  return { size, order, cursor };
}

/** The list body: the items under their name, and `meta`. */
export function toPageBody<Row>(
  list: ListDescription,
  page: Page<Row>,
  request: PageRequest,
  scope: readonly unknown[],
  toItem: (row: Row) => unknown,
  reportSize: 'inEffect' | 'onPage' = 'inEffect',
): Record<string, unknown> {
  const scopeName = scopeText(list, request.order, scope);
  return {
    [list.key]: page.items.map(toItem),
    meta: {
      key: list.key,
      pageSize: reportSize === 'inEffect' ? request.size : page.items.length,
      ...(page.next ? { nextToken: encodeCursor(page.next, scopeName) } : {}),
      ...(page.previous ? { previousToken: encodeCursor(page.previous, scopeName) } : {}),
    },
  };
}

function scopeText(list: ListDescription, order: string, scope: readonly unknown[]): string {
  return JSON.stringify([list.key, order, ...scope]);
}

/** Schema of a list body. */
export function pageOf<Item extends TSchema>(key: string, item: Item) {
  return Type.Object({ [key]: Type.Array(item), meta: PageMeta });
}

const PageMeta = Type.Object({
  key: Type.String(),
  pageSize: Type.Integer(),
  nextToken: Type.Optional(Type.String({ minLength: 1 })),
  previousToken: Type.Optional(Type.String({ minLength: 1 })),
});
export type PageMeta = Static<typeof PageMeta>;
