import { Command } from 'commander';
import { loadRootAccount } from '../accounts/index.ts';
import { listOwnedAddresses } from '../conversations/index.ts';
import { toTimestamp } from '../runtime/clock.ts';
import { accountOption } from './account.ts';
import { printLine, withDatabase } from './with-database.ts';

export function addressesListCommand(): Command {
  return new Command('list')
    .description('List the addresses that an account itself uses.')
    .addOption(accountOption('whose (default: the root account)'))
    .action(({ account }: { account?: string }) =>
      withDatabase(async ({ db, config }) => {
        const root = loadRootAccount(config).sid;
        for (const { address, createdAt } of await listOwnedAddresses(db.reader, account ?? root))
          printLine(`${address}  registered ${toTimestamp(createdAt)}`);
        const configured = (account ?? root) === root ? config.capture.ownedAddresses : [];
        for (const address of configured) printLine(`${address}  by RAPPORT_OWNED_ADDRESSES`);
      }),
    );
}
