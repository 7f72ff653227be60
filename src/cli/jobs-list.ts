import { Command, Option } from 'commander';
import { listJobs } from '../jobs/index.ts';
import { toTimestamp } from '../runtime/clock.ts';
import type { JobRow } from '../storage/index.ts';
import { printLine, withDatabase } from './with-database.ts';

const listMax = 1000;

export function jobsListCommand(): Command {
  return new Command('list')
    .description('List background jobs, oldest first.')
    .addOption(new Option('--state <state>', 'only jobs in this state').choices(['ready', 'running', 'dead']))
    .action((options: { state?: JobRow['state'] }) =>
      withDatabase(async ({ db }) => {
        for (const job of await listJobs(db.reader, options.state, listMax)) {
          const error = job.last_error ? `  ${job.last_error}` : '';
          printLine(
            `${job.id}  ${job.state}  ${job.name}  due ${toTimestamp(job.due_at)}  attempts ${job.attempts}${error}`,
          );
        }
      }),
    );
}
