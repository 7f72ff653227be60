import { Command } from 'commander';
import { loadRootAccount } from '../accounts/index.ts';
import type { Config } from '../config/index.ts';
import { type ExtractionModel, extractAnew } from '../extraction/index.ts';
import { JobQueue } from '../jobs/index.ts';
import { createLanguageModel } from '../models/index.ts';
import { createIds } from '../runtime/ids.ts';
import { createLogger } from '../runtime/log.ts';
import { accountOption } from './account.ts';
import { embeddingsOf, printLine, withDatabase } from './with-database.ts';

interface Options {
  readonly conversation: string;
  readonly account?: string;
}

/** `rapport extract`: for conversations that were read by rules while the model was away, or by an earlier model. */
export function extractCommand(): Command {
  return new Command('extract')
    .description('Read a conversation anew with the language model; a repeat changes nothing.')
    .requiredOption('--conversation <conversationId>', 'an INACTIVE or CLOSED conversation')
    .addOption(accountOption('account of the conversation (default: the root account)'))
    .action(({ conversation, account }: Options) =>
      withDatabase(async ({ db, clock, config }) => {
        const ids = createIds(clock);
        const jobs = new JobQueue({ db, clock, ids });
        const log = createLogger(config.logLevel);
        const embeddings = await embeddingsOf(config);
        const context = { db, clock, ids, jobs, log, embeddings, limits: config.limits };
        const ref = { accountId: account ?? loadRootAccount(config).sid, conversationId: conversation };
        const { allowed } = config.extraction;
        const { added, revised } = await extractAnew(context, ref, { model: modelOf(config, log), allowed });
        printLine(`${added} observations added, ${revised} revised`);
      }),
    );
}

function modelOf({ languageModel }: Config, log: ReturnType<typeof createLogger>): ExtractionModel {
  if (!languageModel)
    throw new Error('there is no language model: set RAPPORT_LLM_BASE_URL and RAPPORT_LLM_MODEL');
  return { languageModel: createLanguageModel(languageModel, log), ...languageModel };
}
