import { Command } from 'commander';
import { reviveDeadJobs } from '../jobs/index.ts';
import { printLine, withDatabase } from './with-database.ts';

export function jobsRetryCommand(): Command {
  return new Command('retry')
    .description('Give dead jobs a fresh set of attempts.')
    .argument('[id]', 'one job; all dead ones when left out')
    .action((id: string | undefined) =>
      withDatabase(async ({ db, clock }) => {
        const revived = await db.transaction((tx) => reviveDeadJobs(tx, clock.now(), id));
        if (id !== undefined && revived === 0) throw new Error(`there is no dead job ${id}`);
        printLine(`${revived} to be tried again`);
      }),
    );
}
