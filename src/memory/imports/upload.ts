import { timingSafeEqual } from 'node:crypto';
import { ApiError, errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { ImportRow, Tx } from '../../storage/index.ts';
import { findActiveStore } from '../stores/index.ts';
import { expiryKey, runImport, runKey } from './import.jobs.ts';
import { findImportOfUpload, type ImportRef, updateImport } from './import.store.ts';
import { hashKey } from './import.ts';
import { chunkBytes, deleteChunks, insertChunk, type UploadRef } from './import-chunk.store.ts';

type WriteContext = Pick<Context, 'db' | 'clock' | 'jobs'>;

/** What an upload URL holds. */
export interface UploadUrl extends Omit<ImportRef, 'accountId'> {
  readonly key: string | undefined;
}

/**
 * Takes the file of an import; it is durable, and its processing enqueued, when this resolves. 403 when the URL was changed,
 * used or has expired; 400 when the file is empty, larger than was said, or ends early, and then it can be sent again. An
 * upload that begins while another one is under way takes its place.
 */
export async function receiveUpload(
  context: WriteContext,
  url: UploadUrl,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { row, ref } = await beginUpload(context, url);
  try {
    const size = await storeChunks(context, ref, body, row.file_size);
    if (size === 0) throw errors.invalidRequest('The file is empty.');
    if (size > row.file_size)
      throw errors.invalidRequest(`The file is larger than the ${row.file_size} bytes of fileSize.`);
    await completeUpload(context, ref, size);
  } catch (error) {
    await context.db.transaction((tx) => deleteChunks(tx, ref, ref.upload));
    throw error;
  }
}

async function beginUpload(
  { db, clock }: WriteContext,
  url: UploadUrl,
): Promise<{ row: ImportRow; ref: UploadRef }> {
  return db.transaction(async (tx) => {
    const row = await findImportOfUpload(tx, url);
    if (!row || !matchesKey(row, url.key)) throw notAnUploadUrl();
    const ref = {
      accountId: row.account_id,
      storeId: row.store_id,
      importId: row.id,
      upload: row.upload + 1,
    };
    if (!(await hasStore(tx, ref))) throw notAnUploadUrl();
    const isOpen = row.status === 'PENDING' && row.expires_at > clock.now();
    const isBegun =
      isOpen &&
      (await updateImport(tx, ref, { uploaded_bytes: null, upload: row.upload }, { upload: ref.upload }));
    if (!isBegun) throw usedUp();
    await deleteChunks(tx, ref);
    return { row, ref };
  });
}

function matchesKey(row: ImportRow, key = ''): boolean {
  return timingSafeEqual(Buffer.from(hashKey(key), 'hex'), Buffer.from(row.upload_key_hash, 'hex'));
}

/** Each write of an upload looks again, since a store may be deleted while a file arrives. */
async function hasStore(tx: Tx, { accountId, storeId }: UploadRef): Promise<boolean> {
  return (await findActiveStore(tx, accountId, storeId)) !== undefined;
}

function notAnUploadUrl(): Error {
  return errors.forbidden('This is not an upload URL.');
}

function usedUp(): Error {
  return errors.forbidden('The upload URL was used or has expired; start another import.');
}

/**
 * Stores the bytes in chunks of one size. Reads on past `sizeMax`, and when the store was deleted meanwhile, without storing, so
 * that the sender gets to its answer.
 */
async function storeChunks(
  { db }: WriteContext,
  ref: UploadRef,
  body: AsyncIterable<Uint8Array>,
  sizeMax: number,
): Promise<number> {
  let position = 0;
  let size = 0;
  for await (const bytes of inChunks(body)) {
    size += bytes.length;
    if (size > sizeMax) continue;
    const chunk = { position, bytes };
    await db.transaction(async (tx) => {
      if (await hasStore(tx, ref)) await insertChunk(tx, ref, chunk);
    });
    position += 1;
  }
  return size;
}

/** All chunks are the same piece of memory: whoever takes one is done with it before asking for the next. */
async function* inChunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(chunkBytes);
  let filled = 0;
  for await (const piece of readable(body)) {
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(piece.length - at, chunkBytes - filled);
      chunk.set(piece.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled < chunkBytes) continue;
      yield chunk;
      filled = 0;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}

/** A sender that goes away half-way, or whose compression is broken, is no failure of ours. */
async function* readable(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw errors.invalidRequest('The file did not arrive in full.', [], cause);
  }
}

async function completeUpload(
  { db, clock, jobs }: WriteContext,
  ref: UploadRef,
  size: number,
): Promise<void> {
  await db.transaction(async (tx) => {
    if (!(await hasStore(tx, ref))) throw notAnUploadUrl();
    const isComplete = await updateImport(
      tx,
      ref,
      { upload: ref.upload, status: 'PENDING', uploaded_bytes: null },
      { uploaded_bytes: size, updated_at: clock.now() },
    );
    if (!isComplete) throw usedUp();
    await jobs.cancel(tx, expiryKey(ref));
    const { accountId, storeId, importId } = ref;
    await jobs.enqueue(tx, runImport, { storeId, importId }, { accountId, dedupeKey: runKey(ref) });
  });
}
