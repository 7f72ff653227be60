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
  const day = Math.floor(timeMs / dayMs);
  const ms = Math.floor(timeMs - day * dayMs);
  const [hours, minutes, seconds] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60];
  return `${textOfDay(day)}T${twoDigits(hours)}:${twoDigits(minutes)}:${twoDigits(seconds)}.${String(ms % 1000).padStart(3, '0')}Z`;
}

const dayMs = 86_400_000;
/** Days that are remembered: an answer may hold dozens of times, most of them of few days. */
const daysMax = 1000;
const textsOfDays = new Map<number, string>();

/** Its date; throws for a day that no date can name. */
function textOfDay(day: number): string {
  const known = textsOfDays.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * dayMs).toISOString().slice(0, -'T00:00:00.000Z'.length);
  if (textsOfDays.size >= daysMax) textsOfDays.clear();
  textsOfDays.set(day, text);
  return text;
}

function twoDigits(value: number): string {
  const whole = Math.floor(value);
  return whole < 10 ? `0${whole}` : `${whole}`;
}
