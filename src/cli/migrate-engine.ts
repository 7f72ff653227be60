import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../config/index.ts';
import { systemClock } from '../runtime/clock.ts';
import {
  lockDataDir,
  type OnTransferStep,
  openDatabase,
  openTransferTarget,
  type TransferStep,
  transfer,
} from '../storage/index.ts';
import { printLine } from './with-database.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
}

/** A table that takes long is reported on this often. */
const reportEveryMs = 1000;
const phases = { move: 'moved', compare: 'compared' } as const;

/** `rapport migrate-engine`: everything in a SQLite database goes into an empty PostgreSQL database. */
export function migrateEngineCommand(): Command {
  return new Command('migrate-engine')
    .description('Move everything from SQLite into an empty PostgreSQL database. Stop the server first.')
    .option('--from <sqlite:file>', 'the SQLite file (default: the one in the data directory)')
    .option('--to <url>', 'postgres://... (default: DATABASE_URL)')
    .action((options: Options) => migrateEngine(options));
}

async function migrateEngine(options: Options): Promise<void> {
  const { dataDir } = loadConfig(process.env);
  const file = readSource(options.from ?? `sqlite:${resolve(dataDir, 'rapport.db')}`);
  const url = readTarget(options.to ?? process.env['DATABASE_URL']);
  await using opened = new AsyncDisposableStack();
  const lock = lockDataDir(dirname(file));
  opened.defer(() => lock.release());
  const source = await openDatabase({ sqliteFile: file });
  opened.defer(() => source.close());
  const target = await openTransferTarget({ postgresUrl: url });
  opened.defer(() => target.close());

  const digests = await transfer(
    source,
    target,
    reportTo((line) => void process.stderr.write(`${line}\n`)),
  );
  for (const [table, { rows, checksum }] of digests) {
    printLine(`${table.padEnd(26)} ${String(rows).padStart(10)}  ${checksum}`);
  }
  printLine(
    `Everything is in ${target.description}: set DATABASE_URL, and keep the data directory's credentials.`,
  );
}

/** The path after `sqlite:`; the file must be there, or SQLite would make one. */
function readSource(from: string): string {
  if (!from.startsWith('sqlite:'))
    throw new Error('--from must be sqlite: and the path of the database file');
  const file = resolve(from.slice('sqlite:'.length));
  if (!existsSync(file)) throw new Error(`there is no database ${file}`);
  return file;
}

function readTarget(to: string | undefined): string {
  if (to && /^postgres(ql)?:/.test(to)) return to;
  throw new Error('--to must begin with postgres://; without it DATABASE_URL names the target');
}

/** A line for each table that is done, and for one that is not each second. */
function reportTo(writeLine: (line: string) => void): OnTransferStep {
  let reportedAt = systemClock.now();
  return ({ phase, table, rowsDone, rowsTotal }: TransferStep) => {
    const now = systemClock.now();
    if (rowsDone < rowsTotal && now - reportedAt < reportEveryMs) return;
    reportedAt = now;
    writeLine(`${phases[phase]} ${table}: ${rowsDone} of ${rowsTotal} rows`);
  };
}
