/** The door of the storage room. */
export { bulkInsert } from './bulk-insert.ts';
export { containsText } from './contains-text.ts';
export type { Database, Reader, Tx } from './database.ts';
export { deleteSome, type ErasableTable } from './delete-some.ts';
export { decodeJson, encodeJson } from './json.ts';
export { listOf } from './list-of.ts';
export { moveSome } from './move-some.ts';
export { type DatabaseLocation, openDatabase, openTransferTarget } from './open.ts';
export { describeOutage } from './outage.ts';
export {
  type Cursor,
  decodeCursor,
  encodeCursor,
  fetchPage,
  type KeyType,
  type Page,
  type PageRequest,
  pageOfItems,
} from './page.ts';
export { prepared } from './prepared.ts';
export type * from './schema.ts';
export type { Signals } from './signals.ts';
export { type DataDirLock, lockDataDir } from './sqlite/data-dir-lock.ts';
export { type OnTransferStep, type TransferStep, transfer } from './transfer/transfer.ts';
