import type { SendResult } from './sender.ts';

/** What becomes of a delivery after an attempt. Reasons go to the command line and the log: a status or a kind of error. */
export type Verdict =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'again'; readonly reason: string; readonly retryAfterMs: number }
  | { readonly kind: 'dead'; readonly reason: string };

/** Before the second, third ... attempt (conversations-semantics section 11). */
export const retryDelaysMs: readonly number[] = [1000, 5000, 30_000, 120_000, 600_000];
const attemptsMax = retryDelaysMs.length + 1;
/** However long a receiver asks us to wait. */
const retryAfterMaxMs = 600_000;

/**
 * Any 2xx is a success. Errors of the network, 429 and 5xx may pass, so there are further attempts; everything else is final.
 *
 * @param attempt 1 for the first one
 * @param wallNowMs what a date in `Retry-After` is compared to
 */
export function judge(result: SendResult, attempt: number, wallNowMs: number): Verdict {
  if ('status' in result && result.status >= 200 && result.status < 300) return { kind: 'delivered' };
  const reason = 'status' in result ? `status ${result.status}` : result.failure;
  if (!mayPass(result) || attempt >= attemptsMax) return { kind: 'dead', reason };
  const retryAfter = 'status' in result ? result.retryAfter : undefined;
  return { kind: 'again', reason, retryAfterMs: readRetryAfter(retryAfter, wallNowMs) };
}

function mayPass(result: SendResult): boolean {
  return 'status' in result ? result.status === 429 || result.status >= 500 : !result.isRefused;
}

/** Milliseconds from now; 0 without a header or with one that is neither seconds nor a date. */
function readRetryAfter(header: string | undefined, wallNowMs: number): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - wallNowMs;
  return ms > 0 ? Math.min(ms, retryAfterMaxMs) : 0;
}
