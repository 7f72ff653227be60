import { ApiError, errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import { type DataMappingRow, decodeJson } from '../../storage/index.ts';
import {
  getDefinitions,
  readTraits,
  type StoreDefinitions,
  type StoreRef,
  type TraitWrite,
  upsertProfiles,
} from '../profiles/index.ts';
import { CsvFault, type Field, findTarget, readCsv, readRow } from '../rows/index.ts';
import { getActiveStore } from '../stores/index.ts';
import type { TraitValue } from '../traits/index.ts';
import { listEnabledMappings } from './data-mapping.store.ts';
import { columnOf, type MappingTo } from './data-mapping.wire.ts';
import { type DatasetRows, type DatasetRowsResult, errorsShownMax, rowsMax } from './dataset-rows.wire.ts';

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;
type DatasetRow = ReadonlyMap<string, TraitValue | null>;
type RowError = DatasetRowsResult['errors'][number];

/** Rows in one transaction. */
const rowsPerBatch = 250;

/**
 * Feeds rows of a source to every enabled mapping that takes them: what the mappings say of a row together is one upsert by
 * identity. A row that cannot be taken is skipped. Batches are committed one after the other, so that a call that ends in a
 * 5xx may have applied some; sending it again does no harm. 404 when no mapping takes rows of this source.
 */
export async function applyDatasetRows(
  context: WriteContext,
  ref: StoreRef,
  datasetId: string,
  body: DatasetRows,
): Promise<DatasetRowsResult> {
  await getActiveStore(context.db.reader, ref.accountId, ref.storeId);
  const mappings = await listEnabledMappings(context.db.reader, ref, datasetId);
  if (mappings.length === 0) throw errors.noDataMapping(datasetId);
  const rows = typeof body === 'string' ? await parseTable(body) : body.rows.map(toMap);
  const failed: RowError[] = [];
  for (let start = 0; start < rows.length; start += rowsPerBatch) {
    const batch = rows.slice(start, start + rowsPerBatch);
    failed.push(...(await applyBatch(context, ref, mappings, batch, start)));
  }
  return {
    rows: rows.length,
    applied: rows.length - failed.length,
    skipped: failed.length,
    errors: failed.slice(0, errorsShownMax),
  };
}

function toMap(row: Readonly<Record<string, TraitValue | null>>): DatasetRow {
  return new Map(Object.entries(row));
}

async function parseTable(text: string): Promise<DatasetRow[]> {
  const rows: DatasetRow[] = [];
  let header: readonly string[] | undefined;
  try {
    for await (const { cells } of readCsv([Buffer.from(text)])) {
      if (header) rows.push(toRow(header, cells));
      header ??= cells;
      if (rows.length > rowsMax) throw new CsvFault(`More than ${rowsMax} rows; send them in several calls.`);
    }
  } catch (error) {
    throw error instanceof CsvFault ? errors.invalidRequest(error.message) : error;
  }
  if (rows.length === 0) throw errors.invalidRequest('The table needs a header and a row.');
  return rows;
}

/** A row that is shorter than the header says nothing of the columns that it lacks. */
function toRow(header: readonly string[], cells: readonly string[]): DatasetRow {
  return new Map(header.flatMap((column, at) => (cells[at] === undefined ? [] : [[column, cells[at]]])));
}

/** Applies rows in one transaction; answers those that were skipped, counted from `start`. */
async function applyBatch(
  context: WriteContext,
  ref: StoreRef,
  mappings: readonly DataMappingRow[],
  rows: readonly DatasetRow[],
  start: number,
): Promise<RowError[]> {
  return context.db.transaction(async (tx) => {
    const definitions = await getDefinitions(tx, ref);
    const fields = toFields(definitions, mappings);
    const readings = rows.map((row) => readWrite(definitions, fields, row));
    const writes = readings.filter((reading) => typeof reading !== 'string');
    await upsertProfiles(tx, context, ref, definitions, writes);
    return readings.flatMap((reading, at) =>
      typeof reading === 'string' ? [{ row: start + at + 1, detail: reading }] : [],
    );
  });
}

/** The columns that are wanted; a trait that was removed since its mapping was made takes nothing. */
function toFields({ traits }: StoreDefinitions, mappings: readonly DataMappingRow[]): Field<string>[] {
  return mappings
    .flatMap((row) => decodeJson<MappingTo>(row.target_json).mappings)
    .flatMap((item) => {
      const definition = findTarget(traits, item);
      const { traitGroup, traitName } = item;
      return definition ? [{ column: columnOf(item), traitGroup, traitName, definition }] : [];
    });
}

/** What to write for a row, or why it cannot be taken. */
function readWrite(
  definitions: StoreDefinitions,
  fields: readonly Field<string>[],
  row: DatasetRow,
): TraitWrite | string {
  try {
    const { traits } = readRow(fields, (column) => row.get(column));
    const write = readTraits(definitions, traits, { allowsRemoval: true });
    return write.values.length > 0 ? write : 'The row has no value that identifies the customer.';
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
}
