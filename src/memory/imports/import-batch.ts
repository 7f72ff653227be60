import { ApiError } from '../../errors/index.ts';
import { LeaseLost } from '../../jobs/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { ImportRow } from '../../storage/index.ts';
import {
  findDefinitions,
  readTraits,
  type StoreDefinitions,
  type TraitWrite,
  upsertProfiles,
} from '../profiles/index.ts';
import { CsvFault, type CsvRow, type Field, readRow } from '../rows/index.ts';
import { findImport, type ImportRef, updateImport } from './import.store.ts';
import { isDefaultIdType } from './import.ts';
import { type Header, type PlacedMapping, toFields } from './import-file.ts';

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;

const rowsMax = 1_000_000;

/** Rows read against the definitions: what to write, and what was wrong with them. */
interface BatchReading {
  readonly writes: readonly TraitWrite[];
  readonly errors: number;
  readonly warnings: number;
}

/**
 * Applies rows and records that they are done, in one transaction: after a crash none is left out and none applied twice.
 * Answers the import as it is then; undefined when it, or its store, is gone. Throws `LeaseLost` when another run was faster.
 */
export async function applyBatch(
  context: WriteContext,
  ref: ImportRef,
  before: ImportRow,
  { header, mappings }: { header: Header; mappings: readonly PlacedMapping[] },
  rows: readonly CsvRow[],
): Promise<ImportRow | undefined> {
  const rowsDone = before.rows_done + rows.length;
  if (rowsDone > rowsMax) throw new CsvFault(`The file has more than ${rowsMax} rows.`);
  return context.db.transaction(async (tx) => {
    const definitions = await findDefinitions(tx, ref);
    if (!definitions || !(await findImport(tx, ref))) return undefined;
    const fields = toFields(definitions, mappings);
    const reading = readRows(definitions, fields, header, rows);
    await upsertProfiles(tx, context, ref, definitions, reading.writes);
    const progress = {
      rows_done: rowsDone,
      bytes_done: rows.at(-1)?.endByte ?? before.bytes_done,
      errors: before.errors + reading.errors,
      warnings: before.warnings + reading.warnings,
      updated_at: context.clock.now(),
    };
    const expected = { status: before.status, bytes_done: before.bytes_done };
    if (!(await updateImport(tx, ref, expected, progress)))
      throw new LeaseLost(`another run went on with ${ref.importId}`);
    return { ...before, ...progress };
  });
}

function readRows(
  definitions: StoreDefinitions,
  fields: readonly Field<number>[],
  header: Header,
  rows: readonly CsvRow[],
): BatchReading {
  const writes: TraitWrite[] = [];
  let warnings = 0;
  for (const { cells } of rows) {
    if (cells.length !== header.cells.length) continue;
    const reading = readWrite(definitions, fields, cells);
    if (!reading) continue;
    writes.push(reading.write);
    warnings += reading.oddCells;
  }
  return { writes, errors: rows.length - writes.length, warnings };
}

/** What to write for a row; undefined when it cannot be taken. */
function readWrite(
  definitions: StoreDefinitions,
  fields: readonly Field<number>[],
  cells: readonly string[],
): { write: TraitWrite; oddCells: number } | undefined {
  try {
    const { traits, oddCells } = readRow(fields, (place) => cells[place]);
    const write = readTraits(definitions, traits, { allowsRemoval: true });
    return write.values.some(({ idType }) => isDefaultIdType(idType)) ? { write, oddCells } : undefined;
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}
