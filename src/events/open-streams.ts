import type { Readable } from 'node:stream';
import { errors } from '../errors/index.ts';

/** Counts the streams that accounts have open on this server. */
export class OpenStreams {
  readonly #max: number;
  readonly #counts = new Map<string, number>();

  /** `max` for each account. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The stream that `make` makes, counted until it is closed; 429 when the account has its number already. */
  open(accountId: string, make: () => Readable): Readable {
    const count = this.#counts.get(accountId) ?? 0;
    if (count >= this.#max) throw errors.tooManyStreams(this.#max);
    this.#counts.set(accountId, count + 1);
    return make().once('close', () => this.#close(accountId));
  }

  #close(accountId: string): void {
    const count = (this.#counts.get(accountId) ?? 0) - 1;
    if (count > 0) this.#counts.set(accountId, count);
    else this.#counts.delete(accountId);
  }
}
