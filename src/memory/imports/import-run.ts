import { type JobRun, LeaseLost } from '../../jobs/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { ImportRow } from '../../storage/index.ts';
import { CsvFault } from '../rows/index.ts';
import { runImport, runKey } from './import.jobs.ts';
import { type ImportRef, updateImport } from './import.store.ts';
import { endImport, findImportToDo } from './import.ts';
import { applyBatch } from './import-batch.ts';
import { placeMappings, readBatches, readHeader } from './import-file.ts';

type RunContext = Pick<Context, 'db' | 'clock' | 'ids' | 'jobs' | 'log'>;

/** How long one run goes on. Short, so that a stop waits for little and other jobs get their turn. */
const runMs = 5000;
const failedRowsMax = 100;

/**
 * Applies rows of the file from where the last run left off, then ends the import or enqueues the next run. A file that cannot
 * be read fails the import; so does a fault of ours once it was tried often enough.
 */
export async function processImport(context: RunContext, ref: ImportRef, run: JobRun): Promise<void> {
  const row = await startProcessing(context, ref);
  if (!row) return;
  try {
    await applyForAWhile(context, ref, row, run);
  } catch (error) {
    const failure = failureOf(error, run);
    if (failure === undefined) throw error;
    if (!(error instanceof CsvFault))
      context.log.error({ importId: ref.importId, err: error }, 'import failed');
    await run.finish((tx) => endImport(tx, context, ref, { from: 'PROCESSING', failure }));
  }
}

/** The import, PROCESSING from now on; undefined when there is nothing to do for it. */
async function startProcessing({ db, clock }: RunContext, ref: ImportRef): Promise<ImportRow | undefined> {
  return db.transaction(async (tx) => {
    const row = await findImportToDo(tx, ref);
    if (row?.status !== 'PENDING') return row?.status === 'PROCESSING' ? row : undefined;
    const started = { status: 'PROCESSING' as const, updated_at: clock.now() };
    const isStarted = await updateImport(tx, ref, { status: 'PENDING' }, started);
    return isStarted ? { ...row, ...started } : undefined;
  });
}

async function applyForAWhile(
  context: RunContext,
  ref: ImportRef,
  row: ImportRow,
  run: JobRun,
): Promise<void> {
  const { db, clock } = context;
  const stopAt = clock.wallNow() + runMs;
  const header = await readHeader(db.reader, row);
  const layout = { header, mappings: placeMappings(row, header) };
  let current: ImportRow | undefined = row;
  for await (const rows of readBatches(db.reader, row, header)) {
    run.signal.throwIfAborted();
    if (clock.wallNow() >= stopAt) return enqueueNextRun(context, ref, run);
    current = await applyBatch(context, ref, current, layout, rows);
    if (!current) return;
  }
  const { errors } = current;
  const failure = errors < failedRowsMax ? undefined : `${errors} rows could not be taken.`;
  await run.finish((tx) => endImport(tx, context, ref, { from: 'PROCESSING', failure }));
}

async function enqueueNextRun({ jobs }: RunContext, ref: ImportRef, run: JobRun): Promise<void> {
  const { accountId, storeId, importId } = ref;
  await run.finish(async (tx) => {
    if (!(await findImportToDo(tx, ref))) return;
    await jobs.enqueue(tx, runImport, { storeId, importId }, { accountId, dedupeKey: runKey(ref) });
  });
}

/** Why the import has to fail; undefined when the run may be made again. */
function failureOf(error: unknown, run: JobRun): string | undefined {
  if (error instanceof CsvFault) return error.message;
  const isTriedAgain = run.attempt < runImport.attemptsMax || run.signal.aborted;
  return isTriedAgain || error instanceof LeaseLost ? undefined : 'The server failed.';
}
