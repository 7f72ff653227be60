import type { OperationRow, Reader, Tx } from '../storage/index.ts';

export async function insertOperation(tx: Tx, operation: OperationRow): Promise<void> {
  await tx.insertInto('operations').values(operation).execute();
}

/** Changes an operation that is in one of the states `from`. */
export async function updateOperation(
  tx: Tx,
  { accountId, operationId }: { accountId: string; operationId: string },
  from: readonly OperationRow['status'][],
  changes: Pick<OperationRow, 'status' | 'completed_at' | 'error_json'>,
): Promise<void> {
  await tx
    .updateTable('operations')
    .set(changes)
    .where('account_id', '=', accountId)
    .where('id', '=', operationId)
    .where('status', 'in', from)
    .execute();
}

export async function findOperationRow(
  reader: Reader,
  { accountId, id, api }: { accountId: string; id: string; api: OperationRow['api'] },
): Promise<OperationRow | undefined> {
  return reader
    .selectFrom('operations')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .where('api', '=', api)
    .executeTakeFirst();
}

export async function findOperationByKey(
  reader: Reader,
  accountId: string,
  key: string,
): Promise<OperationRow | undefined> {
  return reader
    .selectFrom('operations')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('idempotency_key', '=', key)
    .executeTakeFirst();
}

/** Lets the key be used anew. */
export async function clearIdempotencyKey(tx: Tx, accountId: string, id: string): Promise<void> {
  await tx
    .updateTable('operations')
    .set({ idempotency_key: null, fingerprint: null })
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .execute();
}
