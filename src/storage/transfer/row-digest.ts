import { createHash } from 'node:crypto';
import type { Row, TransferTable } from './transfer-tables.ts';

/** What a table holds, told by a count and a checksum: the same rows have the same on both engines. */
export interface TableDigest {
  readonly rows: number;
  /** SHA-256 of all rows in the order of the table's key, in hexadecimal digits. */
  readonly checksum: string;
}

/** Takes rows in order, and any number of them. */
export class RowDigest {
  readonly #columns: readonly string[];
  readonly #hash = createHash('sha256');
  #rows = 0;

  constructor({ columns }: TransferTable) {
    this.#columns = columns;
  }

  add(rows: readonly Row[]): void {
    this.#rows += rows.length;
    for (const row of rows) for (const column of this.#columns) this.#addValue(row[column]);
  }

  /** Takes no more rows after that. */
  finish(): TableDigest {
    return { rows: this.#rows, checksum: this.#hash.digest('hex') };
  }

  /** Each value with its kind and its length before it, so that no two rows of values read the same. */
  #addValue(value: unknown): void {
    if (value === null) this.#hash.update('null;');
    else if (value instanceof Uint8Array) this.#hash.update(`bytes ${value.length}:`).update(value);
    else if (typeof value === 'string') this.#hash.update(`text ${value.length}:${value}`);
    else this.#hash.update(`integer ${String(value)};`);
  }
}
