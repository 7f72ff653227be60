import type { ApiKeyRow, Reader, Tx } from '../storage/index.ts';

export async function insertApiKey(tx: Tx, key: ApiKeyRow): Promise<void> {
  await tx.insertInto('api_keys').values(key).execute();
}

export async function findApiKey(reader: Reader, sid: string): Promise<ApiKeyRow | undefined> {
  return reader.selectFrom('api_keys').selectAll().where('sid', '=', sid).executeTakeFirst();
}

export async function listApiKeyRows(reader: Reader): Promise<ApiKeyRow[]> {
  return reader.selectFrom('api_keys').selectAll().orderBy('created_at').orderBy('sid').execute();
}

/** False when there is no such key or it was revoked before. */
export async function markApiKeyRevoked(tx: Tx, sid: string, revokedAt: number): Promise<boolean> {
  const result = await tx
    .updateTable('api_keys')
    .set({ revoked_at: revokedAt })
    .where('sid', '=', sid)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
