import { decodeJson, type ImportRow, type Reader } from '../../storage/index.ts';
import type { StoreDefinitions } from '../profiles/index.ts';
import {
  CsvFault,
  type CsvRow,
  type Field,
  findTarget,
  inBatches,
  isReadable,
  readCsv,
} from '../rows/index.ts';
import type { ImportRef } from './import.store.ts';
import type { ColumnMapping } from './import.wire.ts';
import { readChunks } from './import-chunk.store.ts';

/**
 * Rows in one transaction: enough to share its cost, and so few that what a batch leaves behind in memory is gone before the
 * garbage collector takes it for long-lived (docs/decisions/0009-imports.md).
 */
const rowsPerBatch = 100;
const columnsMax = 100;

/** What the first row of a file says. */
export interface Header {
  readonly cells: readonly string[];
  /** Where the rows begin, in bytes. */
  readonly endByte: number;
}

/** A mapping with the place of its column in each row. */
export interface PlacedMapping extends ColumnMapping {
  readonly place: number;
}

/** The header of the uploaded file; a fault when there is none or it cannot serve (memory-semantics section 9). */
export async function readHeader(reader: Reader, row: ImportRow): Promise<Header> {
  for await (const { cells, endByte } of readCsv(readChunks(reader, toRef(row), 0))) {
    checkHeader(cells);
    return { cells, endByte };
  }
  throw new CsvFault('The file has no header.');
}

function checkHeader(cells: readonly string[]): void {
  if (cells.length > columnsMax) throw new CsvFault(`The file has more than ${columnsMax} columns.`);
  if (!cells.every(isReadable)) throw new CsvFault('The file is not UTF-8.');
  const named = cells.filter((cell) => cell !== '');
  if (new Set(named).size < named.length) throw new CsvFault('Two columns of the file have the same name.');
}

/** Where the mapped columns stand; a fault when one is missing. */
export function placeMappings(row: ImportRow, header: Header): PlacedMapping[] {
  return decodeJson<ColumnMapping[]>(row.mappings_json).map((mapping) => {
    const place = header.cells.indexOf(mapping.columnName);
    if (place < 0) throw new CsvFault(`The header has no column named ${mapping.columnName}.`);
    return { ...mapping, place };
  });
}

/** What the mappings mean by the store's definitions of the moment; a fault when a trait was removed since. */
export function toFields({ traits }: StoreDefinitions, mappings: readonly PlacedMapping[]): Field<number>[] {
  return mappings.map(({ place, traitGroup, traitName }) => {
    const definition = findTarget(traits, { traitGroup, traitName });
    if (!definition) throw new CsvFault(`The trait ${traitGroup}.${traitName} is not defined any more.`);
    return { column: place, traitGroup, traitName, definition };
  });
}

/** The rows that are not done yet, a batch at a time. */
export function readBatches(reader: Reader, row: ImportRow, header: Header): AsyncGenerator<CsvRow[]> {
  const startByte = Math.max(row.bytes_done, header.endByte);
  return inBatches(readCsv(readChunks(reader, toRef(row), startByte), startByte), rowsPerBatch);
}

function toRef(row: ImportRow): ImportRef & { upload: number } {
  return { accountId: row.account_id, storeId: row.store_id, importId: row.id, upload: row.upload };
}
