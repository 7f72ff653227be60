/**
 * Where the server's time comes from. Timestamps, timers and retries use `now`; leases and time-outs, which are about
 * whether a process is alive, use `wallNow`. All values are milliseconds since the Unix epoch.
 */
export interface Clock {
  /** The time that data is stamped with and that timers are compared to. */
  now(): number;
  /** The machine's time, also when `now` is virtual. */
  wallNow(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  wallNow: () => Date.now(),
};

/** A clock that starts at the wall clock's time and moves only when told to (`RAPPORT_CLOCK=virtual`). */
export class VirtualClock implements Clock {
  #now: number;

  constructor(startMs: number = Date.now()) {
    this.#now = startMs;
  }

  now(): number {
    return this.#now;
  }

  wallNow(): number {
    return Date.now();
  }

  /** Moves to `timeMs`; a time in the past leaves the clock where it is. */
  moveTo(timeMs: number): void {
    this.#now = Math.max(this.#now, timeMs);
  }
}

/** RFC 3339 in UTC with milliseconds and `Z`, 24 characters: the one form in which times leave the server. */
export function toTimestamp(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
