import { type Worker, worker } from '../jobs/index.ts';
import { removeOldEvents } from './event.jobs.ts';
import { type RetentionContext, removeSomeEvents } from './retention.ts';

export function eventWorkers(context: RetentionContext): Worker[] {
  return [
    worker(removeOldEvents, async (_payload, run) => {
      await run.finish((tx) => removeSomeEvents(tx, context, run.accountId));
    }),
  ];
}
