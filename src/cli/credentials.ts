import { Command } from 'commander';
import { loadRootAccount } from '../accounts/index.ts';
import { loadConfig } from '../config/index.ts';

/** `rapport credentials`: the root account as curl's `-u` takes it. */
export function credentialsCommand(): Command {
  return new Command('credentials')
    .description('Print the root account as SID:token, for curl -u.')
    .action(() => {
      const { sid, authToken } = loadRootAccount(loadConfig(process.env));
      process.stdout.write(`${sid}:${authToken}\n`);
    });
}
