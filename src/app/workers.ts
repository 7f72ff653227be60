import type { Worker } from '../jobs/index.ts';
import type { Context } from '../runtime/context.ts';

/** Every job of the server with what does it. */
export function allWorkers(_context: Context): Worker[] {
  return [];
}
