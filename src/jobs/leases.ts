import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Database } from '../storage/index.ts';
import { extendLeases } from './job.store.ts';

/** How long other processes leave a job alone whose own process has gone silent. */
const leaseMs = 15_000;
/** Several renewals fail before a lease runs out. */
const renewMs = 3000;

/**
 * The leases of the jobs that run in this process. They are short and renewed while their jobs run, so that the jobs of a
 * process that dies are taken up by others in seconds, however long each may take. One that runs out all the same, since the
 * process was held up, costs a run that is made twice and finishes once.
 */
export class Leases {
  readonly #options: { readonly db: Database; readonly clock: Clock; readonly log: Log };
  /** Jobs that run under each token. */
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { readonly db: Database; readonly clock: Clock; readonly log: Log }) {
    this.#options = options;
  }

  /** Until when a lease that is taken or renewed now lasts, in wall-clock time. */
  end(): number {
    return this.#options.clock.wallNow() + leaseMs;
  }

  /** A job runs under the token from now on. */
  add(token: string): void {
    this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
    this.#timer ??= setInterval(() => void this.#renew(), renewMs).unref();
  }

  /** A job that ran under the token has ended. */
  remove(token: string): void {
    const left = (this.#counts.get(token) ?? 0) - 1;
    if (left > 0) this.#counts.set(token, left);
    else this.#counts.delete(token);
    if (this.#counts.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #renew(): Promise<void> {
    const { db, log } = this.#options;
    try {
      await db.transaction((tx) => extendLeases(tx, [...this.#counts.keys()], this.end()));
    } catch (error) {
      log.warn({ err: error }, 'could not renew the leases of running jobs; trying again');
    }
  }
}
