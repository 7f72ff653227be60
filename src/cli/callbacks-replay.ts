import { Command } from 'commander';
import { replayCallbacks } from '../callbacks/index.ts';
import { JobQueue } from '../jobs/index.ts';
import { createIds } from '../runtime/ids.ts';
import { accountOption } from './account.ts';
import { printLine, withDatabase } from './with-database.ts';

export function callbacksReplayCommand(): Command {
  return new Command('replay')
    .description(
      'Have dead status callbacks delivered again, each at its place in the order of its conversation.',
    )
    .argument('[id]', 'one callback; all dead ones when left out')
    .addOption(accountOption('only those of this account'))
    .action((id: string | undefined, { account }: { account?: string }) =>
      withDatabase(async ({ db, clock }) => {
        const jobs = new JobQueue({ db, clock, ids: createIds(clock) });
        const replayed = await replayCallbacks({ db, clock, jobs }, { accountId: account, id });
        if (id !== undefined && replayed === 0) throw new Error(`there is no dead callback ${id}`);
        printLine(`${replayed} to be delivered again`);
      }),
    );
}
