import type { Context } from '../runtime/context.ts';
import { decodeJson, encodeJson, type OperationRow, type Reader, type Tx } from '../storage/index.ts';
import { findOperationRow, insertOperation } from './operation.store.ts';

/** The record of a control-plane write, which clients poll (memory-semantics section 3, conversations-semantics section 3). */
export interface Operation {
  readonly id: string;
  readonly api: OperationRow['api'];
  readonly status: OperationRow['status'];
  readonly createdAt: number;
  readonly completedAt: number | undefined;
  readonly resultId: string | undefined;
  readonly resultPath: string | undefined;
  /** `{configurationId}` or `{conversationId}`; empty for the Memory API. */
  readonly related: Readonly<Record<string, string>>;
}

export interface OperationDraft {
  readonly accountId: string;
  readonly api: OperationRow['api'];
  /** `noun.verb`, for people who read the table. */
  readonly kind: string;
  readonly resultId?: string;
  /** Path of the resource that resulted; leave out on deletion. */
  readonly resultPath?: string;
  readonly related?: Readonly<Record<string, string>>;
  readonly idempotency?: Idempotency | undefined;
}

/** A client's `Idempotency-Key` and a digest of the request it came with. */
export interface Idempotency {
  readonly key: string;
  readonly fingerprint: string;
}

/**
 * Records a write that this transaction applies: the operation is COMPLETED exactly when the write is durable, so the first
 * poll already says so.
 */
export async function completeOperation(
  tx: Tx,
  { clock, ids }: Pick<Context, 'clock' | 'ids'>,
  draft: OperationDraft,
): Promise<Operation> {
  const now = clock.now();
  const row: OperationRow = {
    account_id: draft.accountId,
    id: ids.next(draft.api === 'memory' ? 'memoryOperation' : 'conversationsOperation'),
    api: draft.api,
    kind: draft.kind,
    status: 'COMPLETED',
    created_at: now,
    completed_at: now,
    result_id: draft.resultId ?? null,
    result_path: draft.resultPath ?? null,
    related_json: encodeJson(draft.related ?? {}),
    error_json: null,
    idempotency_key: draft.idempotency?.key ?? null,
    fingerprint: draft.idempotency?.fingerprint ?? null,
  };
  await insertOperation(tx, row);
  return toOperation(row);
}

export async function findOperation(
  reader: Reader,
  operation: { accountId: string; id: string; api: OperationRow['api'] },
): Promise<Operation | undefined> {
  const row = await findOperationRow(reader, operation);
  return row && toOperation(row);
}

export function toOperation(row: OperationRow): Operation {
  return {
    id: row.id,
    api: row.api,
    status: row.status,
    createdAt: row.created_at,
    completedAt: row.completed_at ?? undefined,
    resultId: row.result_id ?? undefined,
    resultPath: row.result_path ?? undefined,
    related: decodeJson<Record<string, string>>(row.related_json),
  };
}
