import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import Value from 'typebox/value';
import { loadRootAccount } from '../accounts/index.ts';
import { JobQueue } from '../jobs/index.ts';
import { importProfile, ProfileDocument } from '../memory/index.ts';
import { createIds } from '../runtime/ids.ts';
import { embeddingsOf, printLine, withDatabase } from './with-database.ts';

interface Options {
  readonly store: string;
  readonly account?: string;
}

/** `rapport profile import`: reads a document back, into the same store or another. */
export function profileImportCommand(): Command {
  return new Command('import')
    .description('Read a profile document into a memory store; a repeat adds nothing.')
    .argument('<file>', 'the document')
    .requiredOption('--store <storeId>', 'memory store to read it into')
    .option('--account <sid>', 'account of the store (default: the root account)')
    .action((file: string, { store, account }: Options) =>
      withDatabase(async ({ db, clock, config }) => {
        const document = readDocument(file);
        const accountId = account ?? loadRootAccount(config).sid;
        const ids = createIds(clock);
        const jobs = new JobQueue({ db, clock, ids });
        const context = { db, clock, ids, jobs, embeddings: await embeddingsOf(config) };
        const imported = await importProfile(context, { accountId, storeId: store }, document);
        const found = imported.isNew ? 'new profile' : 'profile that was there';
        printLine(`${imported.profileId}  (${found})`);
        printLine(`${imported.observations} observations and ${imported.summaries} summaries added`);
      }),
    );
}

function readDocument(file: string): ProfileDocument {
  const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (Value.Check(ProfileDocument, document)) return document;
  const [first] = Value.Errors(ProfileDocument, document);
  throw new Error(`${file} is not a profile document: ${first?.instancePath ?? ''} ${first?.message ?? ''}`);
}
