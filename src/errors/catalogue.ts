/**
 * Every error a caller can get: the only place where codes and statuses are written.
 * Sources: memory-semantics section 21, conversations-semantics section 15.
 */
export interface CatalogueEntry {
  readonly status: number;
  /** The code by surface; a surface without an entry of its own uses `other`. */
  readonly codes: { readonly other: number } & Partial<Record<Surface, number>>;
  readonly title: string;
}

/** Which API a request belongs to; it decides the codes and the shape of an error body. */
export type Surface = 'memoryControl' | 'memoryData' | 'conversations' | 'rapport';

function entry(
  status: number,
  title: string,
  other: number,
  codes: Partial<Record<Surface, number>> = {},
): CatalogueEntry {
  return { status, title, codes: { other, ...codes } };
}

export const catalogue = {
  invalidRequest: entry(400, 'Bad request', 400, { memoryControl: 520046, conversations: 20001 }),
  unauthorized: entry(401, 'Unauthorized', 20003),
  forbidden: entry(403, 'Forbidden', 403),
  notFound: entry(404, 'Not found', 20404),
  methodNotAllowed: entry(405, 'Method not allowed', 20004),
  requestTimeout: entry(408, 'Request timeout', 408),
  conflict: entry(409, 'Conflict', 20409),
  payloadTooLarge: entry(413, 'Payload too large', 413, { conversations: 20413 }),
  unsupportedMediaType: entry(415, 'Unsupported payload format', 415, { conversations: 20422 }),
  unsupportedEncoding: entry(415, 'Unsupported content encoding', 415, { conversations: 20422 }),
  tooManyRequests: entry(429, 'Too many requests', 20429),
  headersTooLarge: entry(431, 'Request header fields too large', 431),
  internal: entry(500, 'Internal server error', 20500),
  unavailable: entry(503, 'Service unavailable', 20503),
  storeNotFound: entry(404, 'Memory store not found', 520041),
  storeNotActive: entry(503, 'Memory store not active', 520042),
  storeFailed: entry(400, 'Memory store not active', 520042),
  preconditionFailed: entry(412, 'Precondition failed', 520043),
  tooManyStores: entry(400, 'Too many memory stores', 520044),
  storeNameInUse: entry(409, 'Memory store already exists', 520045),
  traitGroupNotFound: entry(404, 'Trait group not found', 520047),
  dataMappingNotFound: entry(404, 'Data mapping not found', 520048),
  malformedStoreId: entry(400, 'Malformed memory store ID', 520049),
  protectedTrait: entry(409, 'Protected trait or trait group', 520050),
  malformedOperationId: entry(400, 'Malformed operation ID', 520051),
  tooManyTraitGroups: entry(400, 'Too many trait groups', 520053),
  tooManyTraits: entry(400, 'Too many traits in the trait group', 520054),
  traitGroupNameInUse: entry(409, 'Trait group already exists', 520055),
  dataMappingNameInUse: entry(409, 'Data mapping already exists', 520056),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorName = keyof typeof catalogue;
