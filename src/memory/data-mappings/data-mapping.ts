import { isDeepStrictEqual } from 'node:util';
import { errors } from '../../errors/index.ts';
import { checkIfMatch, etagOf } from '../../http/index.ts';
import { completeOperation, type Operation } from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { type DataMappingRow, decodeJson, encodeJson, type Reader, type Tx } from '../../storage/index.ts';
import type { StoreRef } from '../profiles/index.ts';
import { checkTargets } from '../rows/index.ts';
import { getStore } from '../stores/index.ts';
import { getTraitDefinitions } from '../traits/index.ts';
import {
  deleteDataMappingRow,
  findDataMapping,
  findDataMappingByName,
  insertDataMapping,
  listTargets,
  updateDataMapping,
} from './data-mapping.store.ts';
import type { DataMappingCreate, DataMappingPatch, MappingFrom, MappingTo } from './data-mapping.wire.ts';

/** A mapping of a store. */
export interface DataMappingRef extends StoreRef {
  readonly dataMappingId: string;
}

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;

/** The mapping; 520048 when the store has none of this id. */
export async function getDataMapping(reader: Reader, ref: DataMappingRef): Promise<DataMappingRow> {
  await getStore(reader, ref.accountId, ref.storeId);
  const row = await findDataMapping(reader, ref, ref.dataMappingId);
  if (!row) throw errors.dataMappingNotFound(ref.dataMappingId);
  return row;
}

/** Stores a mapping; the groups and traits that it names must exist, and its name be free in the store (520056). */
export async function createDataMapping(
  context: WriteContext,
  ref: StoreRef,
  draft: DataMappingCreate,
): Promise<Operation> {
  const { db, clock, ids } = context;
  const now = clock.now();
  return db.transaction(async (tx) => {
    await openStore(tx, db, ref);
    await assertNameIsFree(tx, ref, draft.displayName);
    await checkTraits(tx, ref, draft.mappingTo);
    const id = ids.next('dataMapping');
    await insertDataMapping(tx, toRow(ref, id, draft, now));
    return complete(tx, context, { ...ref, dataMappingId: id }, 'create');
  });
}

function toRow(ref: StoreRef, id: string, draft: DataMappingCreate, now: number): DataMappingRow {
  const { displayName, description = null, isEnabled = true, mappingFrom, mappingTo } = draft;
  return {
    account_id: ref.accountId,
    store_id: ref.storeId,
    id,
    display_name: displayName,
    description,
    is_enabled: isEnabled ? 1 : 0,
    source_type: mappingFrom.type,
    source_id: 'datasetId' in mappingFrom ? mappingFrom.datasetId : id,
    source_json: encodeJson(mappingFrom),
    target_json: encodeJson(mappingTo),
    version: 1,
    created_at: now,
    updated_at: now,
  };
}

/** Changes the given members; `mappingTo` replaces all mappings. 400 when `mappingFrom` is another than it was. */
export async function patchDataMapping(
  context: WriteContext,
  ref: DataMappingRef,
  patch: DataMappingPatch,
  ifMatch: string | undefined,
): Promise<Operation> {
  const { db, clock } = context;
  return db.transaction(async (tx) => {
    await openStore(tx, db, ref);
    const row = await getDataMapping(tx, ref);
    checkIfMatch(ifMatch, etagOf(row.id, row.version));
    await checkPatch(tx, ref, row, patch);
    await updateDataMapping(tx, {
      ...row,
      display_name: patch.displayName ?? row.display_name,
      description: patch.description ?? row.description,
      is_enabled: patch.isEnabled === undefined ? row.is_enabled : patch.isEnabled ? 1 : 0,
      target_json: patch.mappingTo ? encodeJson(patch.mappingTo) : row.target_json,
      version: row.version + 1,
      updated_at: clock.now(),
    });
    return complete(tx, context, ref, 'patch');
  });
}

async function checkPatch(
  tx: Tx,
  ref: StoreRef,
  row: DataMappingRow,
  { displayName, mappingFrom, mappingTo }: DataMappingPatch,
): Promise<void> {
  if (mappingFrom && !isDeepStrictEqual(mappingFrom, decodeJson<MappingFrom>(row.source_json)))
    throw errors.invalid('mappingFrom', 'cannot be changed; create another data mapping');
  if (displayName !== undefined && displayName !== row.display_name)
    await assertNameIsFree(tx, ref, displayName);
  if (mappingTo) await checkTraits(tx, ref, mappingTo);
}

/** Deletes the mapping; traits that it wrote stay (memory-semantics section 19). */
export async function deleteDataMapping(context: WriteContext, ref: DataMappingRef): Promise<Operation> {
  return context.db.transaction(async (tx) => {
    await openStore(tx, context.db, ref);
    await deleteDataMappingRow(tx, await getDataMapping(tx, ref));
    return complete(tx, context, ref, 'delete');
  });
}

/** Whether a mapping of the store writes to the trait group, which then must stay. */
export async function isTraitGroupMapped(
  reader: Reader,
  ref: StoreRef,
  traitGroup: string,
): Promise<boolean> {
  const targets = await listTargets(reader, ref);
  return targets.some((target) =>
    decodeJson<MappingTo>(target).mappings.some((item) => item.traitGroup === traitGroup),
  );
}

/** The store exists, and until the transaction ends nobody else changes its mappings or the traits that they name. */
async function openStore(tx: Tx, db: Context['db'], { accountId, storeId }: StoreRef): Promise<void> {
  await getStore(tx, accountId, storeId);
  await db.lock(tx, `data-mappings:${storeId}`, `trait-groups:${storeId}`);
}

async function assertNameIsFree(reader: Reader, ref: StoreRef, displayName: string): Promise<void> {
  if (await findDataMappingByName(reader, ref, displayName)) throw errors.dataMappingNameInUse(displayName);
}

async function checkTraits(reader: Reader, { storeId }: StoreRef, { mappings }: MappingTo): Promise<void> {
  checkTargets(await getTraitDefinitions(reader, storeId), mappings, 'mappingTo.mappings');
  const nameless = mappings.findIndex(
    (item) => item.expression === undefined && item.fieldName === undefined,
  );
  if (nameless >= 0)
    throw errors.invalid(`mappingTo.mappings.${nameless}.expression`, 'must name the source field');
}

async function complete(
  tx: Tx,
  context: WriteContext,
  { accountId, storeId, dataMappingId }: DataMappingRef,
  verb: 'create' | 'patch' | 'delete',
): Promise<Operation> {
  const path = `/v1/ControlPlane/Stores/${storeId}/DataMappings/${dataMappingId}`;
  return completeOperation(tx, context, {
    accountId,
    api: 'memory',
    kind: `dataMapping.${verb}`,
    resultId: dataMappingId,
    ...(verb === 'delete' ? {} : { resultPath: path }),
  });
}
