import { errors } from '../../errors/index.ts';
import { checkIfMatch, etagOf } from '../../http/index.ts';
import { beginOperation, completeOperation, type Operation } from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { Reader, StoreRow, Tx } from '../../storage/index.ts';
import { provisionIdentitySettings } from '../identity/index.ts';
import { provisionTraitGroups } from '../traits/index.ts';
import { eraseStore } from './store.jobs.ts';
import {
  countStores,
  findStoreByName,
  findStoreRow,
  insertStore,
  markStoreDeleted,
  updateStore,
} from './store.store.ts';

export interface StoreDraft {
  readonly displayName: string;
  readonly description?: string;
}

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;

/** The store of this account, in whatever state; 520041 when there is none. */
export async function getStore(reader: Reader, accountId: string, storeId: string): Promise<StoreRow> {
  const store = await findStoreRow(reader, accountId, storeId);
  if (!store) throw errors.storeNotFound(storeId);
  return store;
}

/** The store, ready for the data plane; 520042 while it is being provisioned, and when that failed. */
export async function getActiveStore(reader: Reader, accountId: string, storeId: string): Promise<StoreRow> {
  const store = await getStore(reader, accountId, storeId);
  if (store.status === 'FAILED') throw errors.storeFailed(storeId);
  if (store.status !== 'ACTIVE') throw errors.storeNotActive(storeId);
  return store;
}

/** The store when the data plane can use it, else undefined. */
export async function findActiveStore(
  reader: Reader,
  accountId: string,
  storeId: string,
): Promise<StoreRow | undefined> {
  const store = await findStoreRow(reader, accountId, storeId);
  return store?.status === 'ACTIVE' ? store : undefined;
}

/** Whether the account has the store, in whatever state. */
export async function isKnownStore(reader: Reader, accountId: string, storeId: string): Promise<boolean> {
  return (await findStoreRow(reader, accountId, storeId)) !== undefined;
}

/** Creates a store with its default trait group and identity settings; it is ACTIVE at once. */
export async function createStore(
  context: WriteContext & Pick<Context, 'limits'>,
  accountId: string,
  { displayName, description }: StoreDraft,
): Promise<Operation> {
  const { db, clock, ids, limits } = context;
  return db.transaction(async (tx) => {
    await lockStoreNames(db, tx, accountId);
    await assertNameIsFree(tx, accountId, displayName);
    if ((await countStores(tx, accountId)) >= limits.storesMax) throw errors.tooManyStores(limits.storesMax);
    const now = clock.now();
    const store: StoreRow = {
      account_id: accountId,
      id: ids.next('store'),
      display_name: displayName,
      description: description ?? null,
      status: 'ACTIVE',
      intelligence_service_id: ids.next('intelligenceConfiguration'),
      version: 1,
      created_at: now,
      updated_at: now,
      deleted_at: null,
    };
    await insertStore(tx, store);
    await provisionIdentitySettings(tx, store);
    await provisionTraitGroups(tx, store);
    return completeOperation(tx, context, {
      accountId,
      api: 'memory',
      kind: 'store.create',
      resultId: store.id,
      resultPath: pathOf(store.id),
    });
  });
}

/** Changes the given members. An empty patch changes nothing, version included, and still yields an operation. */
export async function patchStore(
  context: WriteContext,
  { accountId, storeId, ifMatch }: { accountId: string; storeId: string; ifMatch: string | undefined },
  patch: Partial<StoreDraft>,
): Promise<Operation> {
  const { db, clock } = context;
  return db.transaction(async (tx) => {
    await lockStoreNames(db, tx, accountId);
    const store = await getStore(tx, accountId, storeId);
    checkIfMatch(ifMatch, etagOf(store.id, store.version));
    if (patch.displayName !== undefined && patch.displayName !== store.display_name) {
      await assertNameIsFree(tx, accountId, patch.displayName);
    }
    if (Object.keys(patch).some((name) => name === 'displayName' || name === 'description')) {
      await updateStore(tx, {
        ...store,
        display_name: patch.displayName ?? store.display_name,
        description: patch.description ?? store.description,
        version: store.version + 1,
        updated_at: clock.now(),
      });
    }
    return completeOperation(tx, context, {
      accountId,
      api: 'memory',
      kind: 'store.patch',
      resultId: storeId,
      resultPath: pathOf(storeId),
    });
  });
}

/**
 * Deletes the store for good: from now on it is unknown and its name free. A job erases what was in it, and the operation is
 * COMPLETED when nothing is left. What refers to the store stays as it is.
 */
export async function deleteStore(
  context: WriteContext & Pick<Context, 'jobs'>,
  accountId: string,
  storeId: string,
): Promise<Operation> {
  const { db, clock, jobs } = context;
  return db.transaction(async (tx) => {
    await lockStoreNames(db, tx, accountId);
    await getStore(tx, accountId, storeId);
    await markStoreDeleted(tx, accountId, storeId, clock.now());
    const operation = await beginOperation(tx, context, {
      accountId,
      api: 'memory',
      kind: 'store.delete',
      resultId: storeId,
    });
    await jobs.enqueue(tx, eraseStore, { operationId: operation.id, storeId }, { accountId });
    return operation;
  });
}

/** Names and the number of stores are decided one write at a time. */
async function lockStoreNames(db: Context['db'], tx: Tx, accountId: string): Promise<void> {
  await db.lock(tx, `stores:${accountId}`);
}

async function assertNameIsFree(reader: Reader, accountId: string, displayName: string): Promise<void> {
  if (await findStoreByName(reader, accountId, displayName)) throw errors.storeNameInUse(displayName);
}

function pathOf(storeId: string): string {
  return `/v1/ControlPlane/Stores/${storeId}`;
}
