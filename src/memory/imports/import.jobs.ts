import Type from 'typebox';
import { declareJob } from '../../jobs/index.ts';
import type { ImportRef } from './import.store.ts';

const payload = Type.Object({ storeId: Type.String(), importId: Type.String() });

/** Applies rows of an uploaded file for a while, then enqueues itself for the rest. */
export const runImport = declareJob({ name: 'import.run', payload, attemptsMax: 5, timeoutMs: 60_000 });

/** Fails an import whose file did not arrive in time. */
export const expireImport = declareJob({ name: 'import.expire', payload, attemptsMax: 5, timeoutMs: 10_000 });

export function runKey({ importId }: Pick<ImportRef, 'importId'>): string {
  return `import-run:${importId}`;
}

export function expiryKey({ importId }: Pick<ImportRef, 'importId'>): string {
  return `import-expiry:${importId}`;
}
