import { Command } from 'commander';
import { ConfigError } from '../config/index.ts';
import { version } from '../http/index.ts';
import { addressesAddCommand } from './addresses-add.ts';
import { addressesListCommand } from './addresses-list.ts';
import { addressesRemoveCommand } from './addresses-remove.ts';
import { callbacksListCommand } from './callbacks-list.ts';
import { callbacksReplayCommand } from './callbacks-replay.ts';
import { credentialsCommand } from './credentials.ts';
import { extractCommand } from './extract.ts';
import { jobsListCommand } from './jobs-list.ts';
import { jobsRetryCommand } from './jobs-retry.ts';
import { keysCreateCommand } from './keys-create.ts';
import { keysListCommand } from './keys-list.ts';
import { keysRevokeCommand } from './keys-revoke.ts';
import { migrateEngineCommand } from './migrate-engine.ts';
import { profileExportCommand } from './profile-export.ts';
import { profileImportCommand } from './profile-import.ts';
import { reindexCommand } from './reindex.ts';
import { serveCommand } from './serve.ts';
import { tokensSetCommand } from './tokens-set.ts';
import { tokensShowCommand } from './tokens-show.ts';

/** The `rapport` command line. Problems that a person can mend are one line on stderr and exit code 1. */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('rapport')
    .description('Customer memory and conversation orchestration that you run yourself.')
    .version(version)
    .addCommand(serveCommand(), { isDefault: true })
    .addCommand(credentialsCommand())
    .addCommand(extractCommand())
    .addCommand(migrateEngineCommand())
    .addCommand(reindexCommand());
  program
    .command('keys')
    .description('API keys')
    .addCommand(keysCreateCommand())
    .addCommand(keysListCommand())
    .addCommand(keysRevokeCommand());
  program
    .command('profile')
    .description('Profiles as documents')
    .addCommand(profileExportCommand())
    .addCommand(profileImportCommand());
  program
    .command('jobs')
    .description('Background jobs')
    .addCommand(jobsListCommand())
    .addCommand(jobsRetryCommand());
  program
    .command('addresses')
    .description('Numbers and senders that accounts themselves use')
    .addCommand(addressesAddCommand())
    .addCommand(addressesListCommand())
    .addCommand(addressesRemoveCommand());
  program
    .command('callbacks')
    .description('Status callbacks')
    .addCommand(callbacksListCommand())
    .addCommand(callbacksReplayCommand());
  program
    .command('tokens')
    .description('Tokens that sign what accounts send and receive')
    .addCommand(tokensShowCommand())
    .addCommand(tokensSetCommand());
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `rapport: ${error.message}${cause}`;
}
