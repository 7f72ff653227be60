import { Command } from 'commander';
import { createAccountSid, createApiKey, loadRootAccount } from '../accounts/index.ts';
import { printLine, withDatabase } from './with-database.ts';

interface Options {
  readonly name: string;
  readonly account?: string;
  readonly newAccount?: boolean;
}

/** `rapport keys create`: the secret is shown here and never again. */
export function keysCreateCommand(): Command {
  return new Command('create')
    .description('Make an API key.')
    .option('--name <text>', 'what the key is for', 'unnamed')
    .option('--account <sid>', 'account the key belongs to (default: the root account)')
    .option('--new-account', 'make the key for a new account, which sees nothing of the others')
    .action((options: Options) =>
      withDatabase(async ({ db, clock, config }) => {
        const accountId = options.newAccount
          ? createAccountSid()
          : (options.account ?? loadRootAccount(config).sid);
        if (!/^AC[0-9a-f]{32}$/.test(accountId))
          throw new Error('--account must be AC and 32 hexadecimal digits');
        const key = await createApiKey({ db, clock }, { accountId, name: options.name });
        printLine(`Account  ${key.accountId}`);
        printLine(`Key      ${key.sid}`);
        printLine(`Secret   ${key.secret}  (shown once)`);
      }),
    );
}
