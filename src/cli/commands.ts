import type { Command } from 'commander';
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
import { tokensSetCommand } from './tokens-set.ts';
import { tokensShowCommand } from './tokens-show.ts';

/** All commands but `serve`. */
export function addCommands(program: Command): void {
  program
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
}
