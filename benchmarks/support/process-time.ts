import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Processor milliseconds of a process and all its threads, as Linux counts them. */
export function processorMs(pid: number): number {
  const [own] = timesOf(pid);
  return own;
}

/** With those of its children that have ended. */
export function processorMsWithChildren(pid: number): number {
  const [own, ofChildren] = timesOf(pid);
  return own + ofChildren;
}

function timesOf(pid: number): [own: number, ofChildren: number] {
  // The fields after the name, which is in brackets and may hold spaces: user and system time, then those of children.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  const ms = (ticks: number) => (ticks * 1000) / ticksPerSecond;
  return [ms(user + system), ms(childUser + childSystem)];
}
