import { setImmediate } from 'node:timers/promises';

/** Asks until the answer is yes, letting everything else happen in between. The test's own time-out is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setImmediate();
}
