/** Rows of outside data, from CSV or JSON, and how their cells become traits. Imports and data mappings share it. */
export { isReadable } from './cell.ts';
export { CsvFault, type CsvRow, inBatches, readCsv } from './csv.ts';
export { checkTargets, type Field, findTarget, type RowReading, readRow, type TraitTarget } from './row.ts';
