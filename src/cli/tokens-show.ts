import { Command } from 'commander';
import { createSigningTokens, loadRootAccount } from '../accounts/index.ts';
import { accountOption } from './account.ts';
import { printLine, withDatabase } from './with-database.ts';

/** `rapport tokens show`: what receivers of callbacks need to check signatures. */
export function tokensShowCommand(): Command {
  return new Command('show')
    .description(
      'Print the token that signs what an account sends and receives; it is made when there is none.',
    )
    .addOption(accountOption('the account (default: the root account, whose auth token it is)'))
    .action(({ account }: { account?: string }) =>
      withDatabase(async ({ db, clock, config }) => {
        const root = loadRootAccount(config);
        printLine(await createSigningTokens({ db, clock }, root).ensure(account ?? root.sid));
      }),
    );
}
