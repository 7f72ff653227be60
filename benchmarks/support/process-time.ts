import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Processor milliseconds of a process and all its threads, as Linux counts them. */
export function processorMs(pid: number): number {
  // The fields after the name, which is in brackets and may hold spaces.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const [userAt, systemAt] = [11, 12];
  return ((Number(fields[userAt]) + Number(fields[systemAt])) * 1000) / ticksPerSecond;
}
