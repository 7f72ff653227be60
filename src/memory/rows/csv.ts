import { pipeline, Readable } from 'node:stream';
import { CsvError, type InfoRecord, parse } from 'csv-parse';

/** One row of a CSV file. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** Where in the file the next row begins, in bytes; reading can go on from there. */
  readonly endByte: number;
}

/** A file that cannot be read as CSV. The message says what to change and holds nothing of the file. */
export class CsvFault extends Error {
  override readonly name = 'CsvFault';
}

/** A row of 100 columns with 1024 characters each, and room to spare; an open quotation mark ends here at the latest. */
const rowBytesMax = 1_048_576;

/**
 * Reads RFC 4180 row by row, holding no more than a few rows. A byte order mark, empty lines, any kind of line end and
 * quotation marks inside a field are tolerated. `startByte` is where in the file `bytes` begins: 0, or the `endByte` of a row.
 */
export async function* readCsv(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  startByte = 0,
): AsyncGenerator<CsvRow> {
  const parser = parse({
    bom: startByte === 0,
    info: true,
    max_record_size: rowBytesMax,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
  });
  // Whatever ends the source ends the parser, which then throws it below.
  pipeline(Readable.from(startByte === 0 ? withoutUtf16(bytes) : bytes), parser, () => undefined);
  try {
    // With `info` each item is the record with where it stood.
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: InfoRecord }>) {
      yield { cells: record, endByte: startByte + info.bytes };
    }
  } catch (error) {
    throw toFault(error);
  }
}

/** The library would read UTF-16, and lose count of the bytes. */
async function* withoutUtf16(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const piece of bytes) {
    if (isFirst && piece[0] === 0xff && piece[1] === 0xfe) throw new CsvFault('The file is not UTF-8.');
    isFirst = false;
    yield piece;
  }
}

/** The library's messages hold what stood in the file, so only their codes go on. */
function toFault(error: unknown): unknown {
  if (!(error instanceof CsvError)) return error;
  switch (error.code) {
    case 'CSV_MAX_RECORD_SIZE':
      return new CsvFault('A row is longer than 1 MiB; a quotation mark may be left open.');
    case 'CSV_QUOTE_NOT_CLOSED':
      return new CsvFault('A quotation mark is left open.');
    default:
      return new CsvFault('The file is not valid CSV.');
  }
}

/** Rows in groups of `size`, the last one smaller. */
export async function* inBatches<Row>(rows: AsyncIterable<Row>, size: number): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
