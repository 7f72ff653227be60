import { createHash, randomBytes } from 'node:crypto';
import { errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import { encodeJson, type ImportRow, type Reader, type Tx } from '../../storage/index.ts';
import { getDefinitions, type StoreDefinitions } from '../profiles/index.ts';
import { checkTargets, findTarget } from '../rows/index.ts';
import { findActiveStore, getActiveStore } from '../stores/index.ts';
import { expireImport, expiryKey, runKey } from './import.jobs.ts';
import { deleteSomeImports, findImport, type ImportRef, insertImport, updateImport } from './import.store.ts';
import type { ColumnMapping, ImportCreate } from './import.wire.ts';
import { deleteChunks } from './import-chunk.store.ts';

/*
 * The states of an import (memory-semantics section 9). It begins PENDING, waiting for its file. The hour passes without one:
 * FAILED. The file is complete: still PENDING, with a job that makes it PROCESSING and applies the rows. All rows done and
 * fewer than 100 of them refused: COMPLETED. 100 or more refused, a file that cannot be read, or a fault of ours that stays:
 * FAILED; rows applied until then stay. COMPLETED and FAILED are final, and from then on nothing of the file is kept.
 */

/** How long an upload URL works. */
const uploadMs = 60 * 60_000;
const keyBytes = 32;
/** Identifier types one of which each row needs a value of; `whatsappid` is what one page calls the third. */
const defaultIdTypes: ReadonlySet<string> = new Set(['phone', 'email', 'whatsapp', 'whatsappid']);

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids' | 'jobs'>;
type StoreRef = Omit<ImportRef, 'importId'>;

/** Whether a row of an import may be known by this identifier type alone. */
export function isDefaultIdType(idType: string | undefined): boolean {
  return idType !== undefined && defaultIdTypes.has(idType);
}

/**
 * Starts an import and answers with the key of its upload URL, which is in this answer only. 400 when a mapping names a trait
 * that the store does not define, two mappings name the same one, or none of them feeds phone, email or whatsapp.
 */
export async function createImport(
  context: WriteContext,
  ref: StoreRef,
  draft: ImportCreate,
): Promise<{ importId: string; key: string }> {
  const { db, clock, ids, jobs } = context;
  const importId = ids.next('import');
  const key = randomBytes(keyBytes).toString('base64url');
  const now = clock.now();
  await db.transaction(async (tx) => {
    checkMappings(await getDefinitions(tx, ref), draft.columnMappings);
    await insertImport(tx, toRow({ ...ref, importId }, draft, key, now));
    const expiry = { accountId: ref.accountId, dueAtMs: now + uploadMs, dedupeKey: expiryKey({ importId }) };
    await jobs.enqueue(tx, expireImport, { storeId: ref.storeId, importId }, expiry);
  });
  return { importId, key };
}

function checkMappings(definitions: StoreDefinitions, mappings: readonly ColumnMapping[]): void {
  checkTargets(definitions.traits, mappings, 'columnMappings');
  const seen = new Set<string>();
  for (const [at, { traitGroup, traitName }] of mappings.entries()) {
    const target = JSON.stringify([traitGroup, traitName]);
    if (seen.has(target))
      throw errors.invalid(`columnMappings.${at}.traitName`, 'is fed by an earlier column already');
    seen.add(target);
  }
  if (!mappings.some((target) => isDefaultIdType(findTarget(definitions.traits, target)?.idTypePromotion)))
    throw errors.invalid('columnMappings', 'need a column for the phone, email or whatsapp of the customer');
}

function toRow(
  { accountId, storeId, importId }: ImportRef,
  { filename, fileSize, columnMappings }: ImportCreate,
  key: string,
  now: number,
): ImportRow {
  return {
    account_id: accountId,
    store_id: storeId,
    id: importId,
    filename,
    file_size: fileSize,
    mappings_json: encodeJson(columnMappings),
    status: 'PENDING',
    upload_key_hash: hashKey(key),
    upload: 0,
    uploaded_bytes: null,
    expires_at: now + uploadMs,
    rows_done: 0,
    bytes_done: 0,
    errors: 0,
    warnings: 0,
    failure: null,
    created_at: now,
    updated_at: now,
  };
}

/** The key has 256 random bits, so that its plain hash tells nobody anything. */
export function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** The import; 404 when the store has none of this id. */
export async function getImport(reader: Reader, ref: ImportRef): Promise<ImportRow> {
  await getActiveStore(reader, ref.accountId, ref.storeId);
  const row = await findImport(reader, ref);
  if (!row) throw errors.notFound('Import', ref.importId);
  return row;
}

/** The import as a run of it sees it; undefined when it, or its store, is gone. */
export async function findImportToDo(tx: Tx, ref: ImportRef): Promise<ImportRow | undefined> {
  const store = await findActiveStore(tx, ref.accountId, ref.storeId);
  return store && findImport(tx, ref);
}

/** Erases up to `max` imports of a deleted store with their jobs; answers how many. Their files are the caller's. */
export async function eraseImports(
  tx: Tx,
  { jobs }: Pick<Context, 'jobs'>,
  ref: StoreRef,
  max: number,
): Promise<number> {
  const importIds = await deleteSomeImports(tx, ref, max);
  const keys = importIds.flatMap((importId) => [runKey({ importId }), expiryKey({ importId })]);
  await jobs.forget(tx, keys);
  return importIds.length;
}

/** Ends the import, unless it has ended, and forgets its file. `failure` is why it FAILED; undefined when it COMPLETED. */
export async function endImport(
  tx: Tx,
  { clock }: Pick<Context, 'clock'>,
  ref: ImportRef,
  { from, failure }: { from: 'PENDING' | 'PROCESSING'; failure: string | undefined },
): Promise<void> {
  const changes = {
    status: failure === undefined ? ('COMPLETED' as const) : ('FAILED' as const),
    failure: failure ?? null,
    updated_at: clock.now(),
  };
  const isEnded = await updateImport(tx, ref, { status: from }, changes);
  if (isEnded) await deleteChunks(tx, ref);
}
