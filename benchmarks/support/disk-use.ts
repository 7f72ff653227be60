import { round } from './machine.ts';
import type { StorageConnection } from './storage-connection.ts';

/** What a database takes on disk. */
export interface DiskUse {
  readonly megabytes: number;
  readonly observations: number;
  /** Of the tables that have rows for each observation, with their indexes. */
  readonly bytesPerObservation: number;
  /** The same for each table and index. */
  readonly bytesPerObservationBy: Readonly<Record<string, number>>;
  /** Tables and indexes that are a hundredth of the whole or more. */
  readonly megabytesBy: Readonly<Record<string, number>>;
}

export async function measureDisk(storage: StorageConnection): Promise<DiskUse> {
  const [counted] = await storage.rows<{ count: number }>('select count(*) as count from observations');
  const observations = counted?.count ?? 0;
  const parts = await storage.parts();
  const bytes = sum(parts.map((part) => part.bytes));
  const ofObservations = parts.filter(({ table }) => /^observation/.test(table));
  return {
    megabytes: round(bytes / 1e6),
    observations,
    bytesPerObservation: Math.round(sum(ofObservations.map((part) => part.bytes)) / observations),
    bytesPerObservationBy: byName(ofObservations, (part) => Math.round(part.bytes / observations)),
    megabytesBy: byName(
      parts.filter((part) => part.bytes >= bytes / 100),
      (part) => round(part.bytes / 1e6),
    ),
  };
}

function byName<Part extends { readonly name: string }>(
  parts: readonly Part[],
  toNumber: (part: Part) => number,
): Record<string, number> {
  return Object.fromEntries(parts.map((part) => [part.name, toNumber(part)]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
