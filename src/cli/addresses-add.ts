import { Command } from 'commander';
import { loadRootAccount } from '../accounts/index.ts';
import { addOwnedAddresses, ownedAddressLengthMax } from '../conversations/index.ts';
import { accountOption } from './account.ts';
import { printLine, withDatabase } from './with-database.ts';

/** `rapport addresses add`: a running server knows them from its next message on. */
export function addressesAddCommand(): Command {
  return new Command('add')
    .description('Register numbers and senders that an account itself uses.')
    .argument('<address...>', 'a number, a short code, a sender or a chat identity')
    .addOption(accountOption('whose they are (default: the root account)'))
    .action((addresses: string[], { account }: { account?: string }) =>
      withDatabase(async ({ db, clock, config }) => {
        for (const address of addresses) assertAddress(address);
        const accountId = account ?? loadRootAccount(config).sid;
        await addOwnedAddresses({ db, clock }, accountId, addresses);
        printLine(`${accountId} owns ${addresses.map((address) => address.trim()).join(', ')}`);
      }),
    );
}

function assertAddress(address: string): void {
  const text = address.trim();
  if (text === '' || text === '*')
    throw new Error('an address is a number, a short code, a sender or an identity');
  if (text.length > ownedAddressLengthMax)
    throw new Error(`an address has at most ${ownedAddressLengthMax} characters`);
}
