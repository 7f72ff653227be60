import { percentile, round } from '../support/machine.ts';
import type { Operation } from './traffic.ts';

/** An operation that has its answer. */
export interface Outcome {
  readonly name: Operation['name'];
  readonly isWrite: boolean;
  /** From the moment at which it was due to be sent, so that waiting behind others counts. */
  readonly ms: number;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly hasRetryAfter: boolean;
  /** The disk was full at some moment between question and answer. */
  readonly isDiskFull: boolean;
}

/** What is looked at at the end of each window. */
export interface Sample {
  /** Seconds since the traffic began. */
  readonly atSeconds: number;
  readonly megabytes: number | null;
  /** Since the last look. */
  readonly elapsedMs: number;
  /** Processor time of the server since then; 0 where the system does not tell. */
  readonly serverMs: number;
  /** The same of this process: callers, callback receiver and models. */
  readonly benchMs: number;
  /** Jobs that wait or run, timers apart, and callbacks that wait for their turn or their next attempt. */
  readonly queue: number;
}

/** A few seconds of the run. */
export interface Window extends Sample {
  /** Name of the fault, or `calm`. */
  readonly phase: string;
  readonly operations: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** What was answered with anything but a success, refusals of a full disk apart. */
  readonly errors: number;
}

interface Tally {
  readonly durations: number[];
  readonly errors: Map<number, number>;
  refusals: number;
  refusalsWithoutRetryAfter: number;
}

const newTally = (): Tally => ({
  durations: [],
  errors: new Map(),
  refusals: 0,
  refusalsWithoutRetryAfter: 0,
});

/** Collects what the traffic met, by window, by phase, and by operation within each phase. */
export class Recorder {
  readonly windows: Window[] = [];
  /** Writes that a full disk has refused. */
  refusals = 0;
  readonly #phases = new Map<string, Map<Operation['name'], Tally>>();
  #window = newTally();

  record(phase: string, outcome: Outcome): void {
    const tallies = getOrAdd(this.#phases, phase, () => new Map<Operation['name'], Tally>());
    const tally = getOrAdd(tallies, outcome.name, newTally);
    if (isRefusal(outcome)) this.refusals += 1;
    for (const one of [tally, this.#window]) count(one, outcome);
  }

  endWindow(phase: string, sample: Sample): void {
    const { durations, errors } = this.#window;
    this.windows.push({
      ...sample,
      phase,
      operations: durations.length,
      p50Ms: percentile(durations, 0.5),
      p95Ms: percentile(durations, 0.95),
      errors: sum([...errors.values()]),
    });
    this.#window = newTally();
  }

  /** One row for each phase. */
  byPhase() {
    return [...this.#phases].map(([phase, tallies]) => ({ phase, ...summarise([...tallies.values()]) }));
  }

  /** One row for each operation of a phase. */
  byOperation(phase: string) {
    const tallies = this.#phases.get(phase) ?? new Map<Operation['name'], Tally>();
    return [...tallies].map(([operation, tally]) => ({ operation, ...summarise([tally]) }));
  }
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}

function isRefusal({ isDiskFull, isWrite, status }: Outcome): boolean {
  return isDiskFull && isWrite && status === 503;
}

function count(tally: Tally, outcome: Outcome): void {
  const { ms, status, hasRetryAfter } = outcome;
  tally.durations.push(ms);
  if (status >= 200 && status < 300) return;
  if (isRefusal(outcome)) {
    tally.refusals += 1;
    if (!hasRetryAfter) tally.refusalsWithoutRetryAfter += 1;
  } else tally.errors.set(status, (tally.errors.get(status) ?? 0) + 1);
}

function summarise(tallies: readonly Tally[]) {
  const durations = tallies.flatMap((tally) => tally.durations);
  const errors: Record<string, number> = {};
  for (const tally of tallies) {
    for (const [status, times] of tally.errors) {
      const name = status === 0 ? 'no answer' : String(status);
      errors[name] = (errors[name] ?? 0) + times;
    }
  }
  const refusals = sum(tallies.map((tally) => tally.refusals));
  return {
    operations: durations.length,
    p50Ms: round(percentile(durations, 0.5), 2),
    p95Ms: round(percentile(durations, 0.95), 2),
    p99Ms: round(percentile(durations, 0.99), 2),
    errorRate: sum(Object.values(errors)) / Math.max(1, durations.length),
    ...(Object.keys(errors).length > 0 ? { errors } : {}),
    ...(refusals > 0
      ? {
          refusedForSpace: refusals,
          refusedWithoutRetryAfter: sum(tallies.map((tally) => tally.refusalsWithoutRetryAfter)),
        }
      : {}),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
