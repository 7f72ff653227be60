import type { Reader, Tx } from '../../storage/index.ts';
import type { ImportRef } from './import.store.ts';

/** Bytes in each chunk but the last. */
export const chunkBytes = 262_144;
/** Bytes handed to the parser at once: few, since it holds all of their rows until they are asked for. */
const sliceBytes = 16_384;

/** One upload of an import's file. */
export interface UploadRef extends ImportRef {
  readonly upload: number;
}

export async function insertChunk(
  tx: Tx,
  ref: UploadRef,
  { position, bytes }: { position: number; bytes: Uint8Array },
): Promise<void> {
  await tx
    .insertInto('import_chunks')
    .values({
      account_id: ref.accountId,
      store_id: ref.storeId,
      import_id: ref.importId,
      upload: ref.upload,
      position,
      bytes,
    })
    .execute();
}

/** The uploaded file from `startByte` on, a slice at a time. */
export async function* readChunks(
  reader: Reader,
  ref: UploadRef,
  startByte: number,
): AsyncGenerator<Uint8Array> {
  let offset = startByte % chunkBytes;
  for (let position = Math.floor(startByte / chunkBytes); ; position += 1) {
    const bytes = await findChunk(reader, ref, position);
    if (!bytes) return;
    for (; offset < bytes.length; offset += sliceBytes) yield bytes.subarray(offset, offset + sliceBytes);
    offset = 0;
  }
}

async function findChunk(reader: Reader, ref: UploadRef, position: number): Promise<Uint8Array | undefined> {
  const row = await reader
    .selectFrom('import_chunks')
    .select('bytes')
    .where('store_id', '=', ref.storeId)
    .where('import_id', '=', ref.importId)
    .where('upload', '=', ref.upload)
    .where('position', '=', position)
    .where('account_id', '=', ref.accountId)
    .executeTakeFirst();
  return row?.bytes;
}

/** Deletes the chunks of one upload, or of all uploads of the import. */
export async function deleteChunks(tx: Tx, ref: ImportRef, upload?: number): Promise<void> {
  let deletion = tx
    .deleteFrom('import_chunks')
    .where('store_id', '=', ref.storeId)
    .where('import_id', '=', ref.importId)
    .where('account_id', '=', ref.accountId);
  if (upload !== undefined) deletion = deletion.where('upload', '=', upload);
  await deletion.execute();
}
