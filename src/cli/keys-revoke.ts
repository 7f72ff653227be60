import { Command } from 'commander';
import { revokeApiKey } from '../accounts/index.ts';
import { printLine, withDatabase } from './with-database.ts';

export function keysRevokeCommand(): Command {
  return new Command('revoke')
    .description('Revoke an API key; it is refused from the next request on.')
    .argument('<sid>', 'SID of the key (SK...)')
    .action((sid: string) =>
      withDatabase(async (context) => {
        if (!(await revokeApiKey(context, sid))) throw new Error(`there is no active key ${sid}`);
        printLine(`Revoked ${sid}`);
      }),
    );
}
