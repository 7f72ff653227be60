import { Command } from 'commander';
import { listApiKeys } from '../accounts/index.ts';
import { toTimestamp } from '../runtime/clock.ts';
import { printLine, withDatabase } from './with-database.ts';

export function keysListCommand(): Command {
  return new Command('list').description('List API keys, without their secrets.').action(() =>
    withDatabase(async ({ db }) => {
      for (const key of await listApiKeys(db.reader)) {
        const state = key.revokedAt === undefined ? 'active' : `revoked ${toTimestamp(key.revokedAt)}`;
        printLine(`${key.sid}  ${key.accountId}  ${toTimestamp(key.createdAt)}  ${state}  ${key.name}`);
      }
    }),
  );
}
