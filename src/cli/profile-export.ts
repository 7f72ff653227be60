import { Command } from 'commander';
import { loadRootAccount } from '../accounts/index.ts';
import { profileMentions } from '../conversations/index.ts';
import { exportProfile } from '../memory/index.ts';
import { printLine, withDatabase } from './with-database.ts';

interface Options {
  readonly store: string;
  readonly account?: string;
}

/** `rapport profile export`: the document of `docs/profile-document.md` on stdout. */
export function profileExportCommand(): Command {
  return new Command('export')
    .description('Print everything held about a profile as one JSON document.')
    .argument('<profileId>', 'the profile, or one that was merged into it')
    .requiredOption('--store <storeId>', 'memory store of the profile')
    .option('--account <sid>', 'account of the store (default: the root account)')
    .action((profileId: string, { store, account }: Options) =>
      withDatabase(async ({ db, clock, config }) => {
        const accountId = account ?? loadRootAccount(config).sid;
        const ref = { accountId, storeId: store, profileId };
        printLine(JSON.stringify(await exportProfile({ db, clock }, profileMentions({ db }), ref), null, 2));
      }),
    );
}
