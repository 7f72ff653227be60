import { Command, InvalidArgumentError, Option } from 'commander';
import { describeUrl, listDeliveries } from '../callbacks/index.ts';
import { accountOption } from './account.ts';
import { printLine, withDatabase } from './with-database.ts';

const limitDefault = 100;
const limitMax = 10_000;

interface Options {
  readonly account?: string;
  readonly state?: 'waiting' | 'dead';
  readonly limit: number;
}

export function callbacksListCommand(): Command {
  return new Command('list')
    .description('List status callbacks that were not delivered, oldest first.')
    .addOption(accountOption('only those of this account'))
    .addOption(new Option('--state <state>', 'only those in this state').choices(['waiting', 'dead']))
    .addOption(
      new Option('--limit <count>', `how many to list, ${limitMax} at most`)
        .argParser(toLimit)
        .default(limitDefault),
    )
    .action(({ account, state, limit }: Options) =>
      withDatabase(async ({ db, clock }) => {
        for (const delivery of await listDeliveries(db.reader, { accountId: account, state }, limit)) {
          const { id, type, conversation_id: conversationId, method, url, attempts, last_error } = delivery;
          const age = describeAge(clock.now() - delivery.created_at);
          const error = last_error === null ? '' : `  ${last_error}`;
          printLine(
            `${id}  ${delivery.state}  ${type ?? '-'}  ${conversationId}  ${method} ${describeUrl(url)}  ${age} old  attempts ${attempts}${error}`,
          );
        }
      }),
    );
}

function toLimit(text: string): number {
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > limitMax) throw new InvalidArgumentError(`It must be 1 to ${limitMax}.`);
  return limit;
}

/** In its largest whole unit: `90s` is `1m`. */
function describeAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
