import { readFileSync, writeFileSync } from 'node:fs';
import { round } from './machine.ts';

/** Resident memory of a process in megabytes (10^6 bytes), shared libraries and all. */
export interface ProcessMemory {
  readonly megabytesNow: number;
  /** The most since it was started, or since `forgetPeak`. */
  readonly megabytesPeak: number;
  /** What of it now is mapped from files, the program itself and its libraries above all; the system can have it back at any time. */
  readonly megabytesOfFiles: number;
}

/** Null where the system does not tell: only Linux does. */
export function readMemory(pid: number): ProcessMemory | null {
  if (process.platform !== 'linux') return null;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    megabytesNow: megabytesOf(status, 'VmRSS'),
    megabytesPeak: megabytesOf(status, 'VmHWM'),
    megabytesOfFiles: megabytesOf(status, 'RssFile'),
  };
}

/** Has the system count the most memory of a process anew. */
export function forgetPeak(pid: number): void {
  const peakOfResident = '5';
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, peakOfResident);
}

function megabytesOf(status: string, name: string): number {
  const kibibytes = Number(status.match(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm'))?.[1]);
  return round((kibibytes * 1024) / 1e6);
}
