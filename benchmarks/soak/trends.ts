import { percentile, round } from '../support/machine.ts';
import type { Window } from './record.ts';

/**
 * How the last fifth of some windows compares to the first: 1 where nothing has changed. Near its capacity a server answers twice as
 * late when the machine is a tenth slower, so processor time for each operation stands beside the latencies: where this process's
 * has grown as the server's has, it was the machine.
 */
export function drift(windows: readonly Window[]) {
  const fifth = Math.max(1, Math.floor(windows.length / 5));
  const ratio = (of: (window: Window) => number) =>
    round(median(windows.slice(-fifth).map(of)) / median(windows.slice(0, fifth).map(of)), 2);
  return {
    p50: ratio(({ p50Ms }) => p50Ms),
    p95: ratio(({ p95Ms }) => p95Ms),
    serverMsPerOperation: ratio(({ serverMs, operations }) => serverMs / operations),
    benchMsPerOperation: ratio(({ benchMs, operations }) => benchMs / operations),
  };
}

/** Processor milliseconds for each operation, and the share of a core that was in use, in the median window. */
export function processorUse(windows: readonly Window[]) {
  const typical = (of: (window: Window) => number) => round(median(windows.map(of)), 2);
  return {
    serverMsPerOperation: typical(({ serverMs, operations }) => serverMs / operations),
    benchMsPerOperation: typical(({ benchMs, operations }) => benchMs / operations),
    serverShare: typical(({ serverMs, elapsedMs }) => serverMs / elapsedMs),
    benchShare: typical(({ benchMs, elapsedMs }) => benchMs / elapsedMs),
  };
}

/** Megabytes an hour by which the server's memory grows: the slope of the line that fits best. Null where nobody can tell. */
export function megabytesPerHour(windows: readonly Window[]): number | null {
  const points = windows.flatMap(({ atSeconds, megabytes }) =>
    megabytes === null ? [] : [{ hours: atSeconds / 3600, megabytes }],
  );
  if (points.length < 2) return null;
  const meanHours = mean(points.map(({ hours }) => hours));
  const meanMegabytes = mean(points.map(({ megabytes }) => megabytes));
  const together = points.map(({ hours, megabytes }) => (hours - meanHours) * (megabytes - meanMegabytes));
  const alone = points.map(({ hours }) => (hours - meanHours) ** 2);
  return round(mean(together) / mean(alone));
}

/** A stretch of the run in which something was wrong. */
export interface Trouble {
  readonly fault: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

const toleratedFactor = 2;
/** A queue is short when it is worked off within a second or so. */
const shortQueue = 100;

/**
 * Seconds from the end of a trouble to the end of the first window in which answers were as good as before it, and in which
 * the queue was as short; null where that did not come.
 */
export function recovery(windows: readonly Window[], { fault, fromSeconds, toSeconds }: Trouble) {
  const before = windows.filter(({ phase, atSeconds }) => phase === 'calm' && atSeconds <= fromSeconds);
  const after = windows.filter(({ atSeconds }) => atSeconds > toSeconds);
  const p95Max = toleratedFactor * median(before.map(({ p95Ms }) => p95Ms));
  const queueMax = Math.max(shortQueue, toleratedFactor * median(before.map(({ queue }) => queue)));
  const secondsUntil = (isBack: (window: Window) => boolean) => {
    const back = after.find(isBack);
    return back ? round(back.atSeconds - toSeconds) : null;
  };
  return {
    fault,
    seconds: round(toSeconds - fromSeconds),
    servedAsBeforeAfterSeconds: secondsUntil(({ errors, p95Ms }) => errors === 0 && p95Ms <= p95Max),
    queueAsBeforeAfterSeconds: secondsUntil(({ queue }) => queue <= queueMax),
  };
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 0.5);
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0) / numbers.length;
}
