import { Command } from 'commander';
import { loadRootAccount } from '../accounts/index.ts';
import { removeOwnedAddress } from '../conversations/index.ts';
import { accountOption } from './account.ts';
import { printLine, withDatabase } from './with-database.ts';

export function addressesRemoveCommand(): Command {
  return new Command('remove')
    .description('Forget an address; participants stay what they are.')
    .argument('<address>', 'the address, however it is written')
    .addOption(accountOption('whose it is (default: the root account)'))
    .action((address: string, { account }: { account?: string }) =>
      withDatabase(async ({ db, config }) => {
        const accountId = account ?? loadRootAccount(config).sid;
        if (!(await removeOwnedAddress({ db }, accountId, address)))
          throw new Error(`${accountId} has not registered ${address}`);
        printLine(`Removed ${address}`);
      }),
    );
}
