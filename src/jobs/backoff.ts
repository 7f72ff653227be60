const firstMs = 1000;
const factor = 4;
const longestMs = 10 * 60_000;
/** Share of the delay that is left to chance, so that jobs that failed together do not come back together. */
const jitter = 0.2;

/**
 * Milliseconds until the next attempt: as in `delaysMs`, else 1 s, 4 s, 16 s ... up to 10 min. `chance` is between 0 and 1.
 */
export function backoffMs(attempts: number, chance: number, delaysMs: readonly number[] = []): number {
  const delay = delaysMs[attempts - 1] ?? Math.min(longestMs, firstMs * factor ** (attempts - 1));
  return Math.round(delay * (1 + jitter * (chance * 2 - 1)));
}
