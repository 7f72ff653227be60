import { type Worker, worker } from '../../jobs/index.ts';
import type { Context } from '../../runtime/context.ts';
import { expireImport, runImport } from './import.jobs.ts';
import { endImport } from './import.ts';
import { processImport } from './import-run.ts';

export function importWorkers(context: Context): Worker[] {
  return [
    worker(runImport, (ref, run) => processImport(context, { ...ref, accountId: run.accountId }, run)),
    worker(expireImport, async (ref, run) => {
      const expired = { from: 'PENDING', failure: 'The file did not arrive within an hour.' } as const;
      await run.finish((tx) => endImport(tx, context, { ...ref, accountId: run.accountId }, expired));
    }),
  ];
}
