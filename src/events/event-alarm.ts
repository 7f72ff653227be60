import type { EventBell } from './event-bell.ts';

/** Wakes one who follows an account's events: at a ring of the bell, after some time, or at the end. */
export class Alarm {
  readonly #signal: AbortSignal;
  readonly #stopListening: () => void;
  #isRung = false;
  #wake: () => void = () => undefined;

  constructor(bell: EventBell, accountId: string, signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    this.#stopListening = bell.listen(accountId, () => {
      this.#isRung = true;
      this.#wake();
    });
  }

  /** Whether the bell has rung since the last call. */
  reset(): boolean {
    const isRung = this.#isRung;
    this.#isRung = false;
    return isRung;
  }

  /** Resolves at once when the bell has rung since `reset`. */
  async wait(ms: number): Promise<void> {
    if (this.#isRung || this.#signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }

  [Symbol.dispose](): void {
    this.#stopListening();
  }
}
