import type { Clock } from '../runtime/clock.ts';

/** Milliseconds of the machine's time. */
export interface StreamTimes {
  /** Events that another process recorded are noticed this often. */
  readonly pollMs: number;
  /** A stream that has nothing to tell says so this often, so that nobody takes the connection for a dead one. */
  readonly heartbeatMs: number;
}

/**
 * After a ring that brought nothing: an event stays above the horizon for as long as a transaction that is older than its own
 * goes on, and the end of that one rings no bell. The stream looks again after this, and then ever less often.
 */
const firstRetryMs = 10;

/** When a stream looks for events again, and when it must say that it lives. */
export class StreamPace {
  readonly #clock: Clock;
  readonly #times: StreamTimes;
  #waitMs: number;
  #silentAt = 0;

  constructor(clock: Clock, times: StreamTimes) {
    this.#clock = clock;
    this.#times = times;
    this.#waitMs = times.pollMs;
    this.noteTold();
  }

  noteTold(): void {
    this.#silentAt = this.#clock.wallNow() + this.#times.heartbeatMs;
  }

  /** Nothing was told for as long as that may last. */
  isSilent(): boolean {
    return this.#clock.wallNow() >= this.#silentAt;
  }

  /** How long to wait after a look: one that a ring caused or not, and that found something or not. */
  nextWaitMs({ isRung, hasFound }: { isRung: boolean; hasFound: boolean }): number {
    const { pollMs } = this.#times;
    this.#waitMs = hasFound ? pollMs : isRung ? firstRetryMs : Math.min(pollMs, this.#waitMs * 2);
    return Math.min(this.#waitMs, Math.max(1, this.#silentAt - this.#clock.wallNow()));
  }
}
