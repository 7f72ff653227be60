import type { ApiError } from '../errors/index.ts';
import { type Problem, toProblem } from '../http/index.ts';
import type { Context } from '../runtime/context.ts';
import { decodeJson, encodeJson, type OperationRow, type Reader, type Tx } from '../storage/index.ts';
import { findOperationRow, insertOperation, updateOperation } from './operation.store.ts';

/*
 * The states of an operation (memory-semantics section 3, conversations-semantics section 3). Most writes are done with their
 * request, and their operation is COMPLETED from the start. One whose write takes time begins PENDING, is RUNNING once its job
 * runs, and ends COMPLETED with the job's last step, or FAILED when the job is given up. A job that was given up can be revived;
 * its operation is then RUNNING again. CANCELLED is never produced.
 */

/** The record of a control-plane write, which clients poll. */
export interface Operation {
  readonly id: string;
  readonly api: OperationRow['api'];
  readonly status: OperationRow['status'];
  readonly createdAt: number;
  readonly completedAt: number | undefined;
  /** Id of the resource that results once the operation is COMPLETED. */
  readonly resultId: string | undefined;
  readonly resultPath: string | undefined;
  /** Why it FAILED. */
  readonly error: Problem | undefined;
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

/** Names an operation of an account. */
export interface OperationRef {
  readonly accountId: string;
  readonly operationId: string;
}

type WriteContext = Pick<Context, 'clock' | 'ids'>;

/**
 * Records a write that this transaction applies: the operation is COMPLETED exactly when the write is durable, so the first
 * poll already says so.
 */
export async function completeOperation(
  tx: Tx,
  context: WriteContext,
  draft: OperationDraft,
): Promise<Operation> {
  return recordOperation(tx, context, draft, 'COMPLETED');
}

/**
 * Records a write that takes longer than its request: PENDING. The caller enqueues the job that does it in the same
 * transaction, with the operation's id; see `operationWorker`.
 */
export async function beginOperation(
  tx: Tx,
  context: WriteContext,
  draft: OperationDraft,
): Promise<Operation> {
  return recordOperation(tx, context, draft, 'PENDING');
}

/** RUNNING: its job is at work, for the first time or after it was revived. */
export async function startOperation(tx: Tx, ref: OperationRef): Promise<void> {
  const changes = { status: 'RUNNING', completed_at: null, error_json: null } as const;
  await updateOperation(tx, ref, ['PENDING', 'FAILED'], changes);
}

/** COMPLETED, in the transaction of the last step. */
export async function finishOperation(
  tx: Tx,
  { clock }: Pick<Context, 'clock'>,
  ref: OperationRef,
): Promise<void> {
  const changes = { status: 'COMPLETED', completed_at: clock.now(), error_json: null } as const;
  await updateOperation(tx, ref, ['PENDING', 'RUNNING'], changes);
}

/** FAILED: nothing more is tried. The error is shown to the caller. */
export async function failOperation(
  tx: Tx,
  { clock }: Pick<Context, 'clock'>,
  { api, ...ref }: OperationRef & Pick<Operation, 'api'>,
  error: ApiError,
): Promise<void> {
  const problem = toProblem(error, api === 'memory' ? 'memoryControl' : 'conversations');
  const changes = { status: 'FAILED', completed_at: clock.now(), error_json: encodeJson(problem) } as const;
  await updateOperation(tx, ref, ['PENDING', 'RUNNING'], changes);
}

async function recordOperation(
  tx: Tx,
  { clock, ids }: WriteContext,
  draft: OperationDraft,
  status: 'PENDING' | 'COMPLETED',
): Promise<Operation> {
  const now = clock.now();
  const row: OperationRow = {
    account_id: draft.accountId,
    id: ids.next(draft.api === 'memory' ? 'memoryOperation' : 'conversationsOperation'),
    api: draft.api,
    kind: draft.kind,
    status,
    created_at: now,
    completed_at: status === 'COMPLETED' ? now : null,
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
    error: row.error_json === null ? undefined : decodeJson<Problem>(row.error_json),
    related: decodeJson<Record<string, string>>(row.related_json),
  };
}
