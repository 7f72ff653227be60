import Type, { type Static } from 'typebox';
import { errorKeyword, pageOf } from '../../http/index.ts';
import type { StoreRow } from '../../storage/index.ts';

/** Schemas of memory-v1.yaml, tag Store. */
export const storeIdPattern = '^mem_(store|service)_[0-7][0-9a-z]{25}$';

/** Path parameter `storeId`, for every route below a store; a malformed one is 520049. */
export const StoreIdParameter = Type.String({ pattern: storeIdPattern, [errorKeyword]: 'malformedStoreId' });
export const StorePath = Type.Object({ storeId: StoreIdParameter });

const DisplayName = Type.String({ pattern: '^[a-zA-Z0-9-]+$', maxLength: 256 });
const Description = Type.String({ minLength: 1, maxLength: 128 });

export const StoreCreate = Type.Object(
  { displayName: DisplayName, description: Type.Optional(Description) },
  { additionalProperties: false },
);
export const StorePatch = Type.Object({
  displayName: Type.Optional(DisplayName),
  description: Type.Optional(Description),
});

export const Store = Type.Object({
  id: Type.String(),
  displayName: Type.String(),
  description: Type.Optional(Type.String()),
  status: Type.Enum(['QUEUED', 'PROVISIONING', 'ACTIVE', 'FAILED']),
  intelligenceServiceId: Type.Union([Type.String(), Type.Null()]),
  version: Type.Integer(),
});

export const storeList = { key: 'stores', sortKey: ['text'], sizeMax: 100 } as const;
export const StoreList = pageOf(storeList.key, Type.String());

export function toWire(store: StoreRow): Static<typeof Store> {
  return {
    id: store.id,
    displayName: store.display_name,
    ...(store.description === null ? {} : { description: store.description }),
    status: store.status,
    intelligenceServiceId: store.intelligence_service_id,
    version: store.version,
  };
}
