import Type from 'typebox';
import { declareJob } from '../../jobs/index.ts';

/** Look once more for the message of a receipt that came before the message was recorded. */
export const lookAgainForReceipt = declareJob({
  name: 'receipt.look-again',
  payload: Type.Object({
    resourceId: Type.String(),
    status: Type.Enum(['INITIATED', 'IN_PROGRESS', 'DELIVERED', 'READ', 'FAILED']),
  }),
  attemptsMax: 8,
  timeoutMs: 30_000,
});

export function lookAgainKey(accountId: string, resourceId: string, status: string): string {
  return `receipt:${accountId}:${resourceId}:${status}`;
}
