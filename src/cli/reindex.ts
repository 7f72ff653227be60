import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { loadRootAccount } from '../accounts/index.ts';
import { ConfigError } from '../config/index.ts';
import { JobQueue } from '../jobs/index.ts';
import { findEmbeddingProgress, requestReindex } from '../memory/index.ts';
import { createIds } from '../runtime/ids.ts';
import type { Reader } from '../storage/index.ts';
import { embeddingsOf, printLine, withDatabase } from './with-database.ts';

interface Options {
  readonly status?: boolean;
  readonly wait?: boolean;
}

const lookEveryMs = 1000;

/** `rapport reindex`: has the vectors of all memories made anew by the running server, and says how far it is. */
export function reindexCommand(): Command {
  return new Command('reindex')
    .description('Have the vectors of all memories made anew, in the background of the server.')
    .option('--status', 'only say how many memories have their vector')
    .option('--wait', 'say it until all have')
    .action(({ status = false, wait = false }: Options) =>
      withDatabase(async ({ db, clock, config }) => {
        const { model } = (await embeddingsOf(config)) ?? {};
        if (!model) throw new ConfigError('There is no embedding model: see docs/embeddings.md');
        if (!status) {
          const jobs = new JobQueue({ db, clock, ids: createIds(clock) });
          await requestReindex({ db, jobs }, model, loadRootAccount(config).sid);
          printLine('asked for: the server makes the vectors in the background, and words find meanwhile');
        }
        while (!(await printProgress(db.reader, model)) && wait) await delay(lookEveryMs);
      }),
    );
}

/** Answers whether nothing is left to do. */
async function printProgress(reader: Reader, model: string): Promise<boolean> {
  const { memories, embedded, isWalking } = await findEmbeddingProgress(reader, model);
  const walk = isWalking ? '; not all profiles were looked at yet' : '';
  printLine(`${embedded} of ${memories} memories have a vector of ${model}${walk}`);
  return !isWalking && embedded >= memories;
}
