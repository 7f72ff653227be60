import { createHash } from 'node:crypto';
import { errors } from '../errors/index.ts';
import type { Context } from '../runtime/context.ts';
import type { Tx } from '../storage/index.ts';
import { clearIdempotencyKey, findOperationByKey } from './operation.store.ts';
import { type Idempotency, type Operation, toOperation } from './operation.ts';

/** How long a key is remembered (conversations-semantics section 13). */
const windowMs = 24 * 60 * 60_000;
const keyPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The request's `Idempotency-Key`, or undefined without one; 400 when it is not a UUID. */
export function readIdempotency(request: {
  headers: Readonly<Record<string, string | undefined>>;
  method: string;
  url: string;
  body: unknown;
}): Idempotency | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (!keyPattern.test(key)) throw errors.invalid('Idempotency-Key', 'must be a UUID');
  const text = JSON.stringify([request.method, request.url.split('?')[0], request.body ?? null]);
  return { key: key.toLowerCase(), fingerprint: createHash('sha256').update(text).digest('hex') };
}

/**
 * Runs `write` once per idempotency key: a repeat within 24 hours answers with the operation of the first run, and the same
 * key on another request is a 409. The key is written with the operation, in the transaction of the write itself.
 */
export async function once(
  tx: Tx,
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  { accountId, idempotency }: { accountId: string; idempotency: Idempotency | undefined },
  write: () => Promise<Operation>,
): Promise<Operation> {
  if (!idempotency) return write();
  await db.lock(tx, `idempotency:${accountId}:${idempotency.key}`);
  const first = await findOperationByKey(tx, accountId, idempotency.key);
  if (!first) return write();
  if (first.created_at + windowMs <= clock.now()) {
    await clearIdempotencyKey(tx, accountId, first.id);
    return write();
  }
  if (first.fingerprint !== idempotency.fingerprint) {
    throw errors.conflict('Idempotency-Key: was used for another request within the last 24 hours');
  }
  return toOperation(first);
}
