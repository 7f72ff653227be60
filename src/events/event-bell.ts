import type { Signals } from '../storage/index.ts';

const topicPrefix = 'events ';

/**
 * Tells those who follow an account's events that some were committed, by this process or another one. What they are is read
 * from the table.
 */
export class EventBell {
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #signals: Signals;

  constructor(signals: Signals) {
    this.#signals = signals;
    signals.listen((topic) => {
      if (topic.startsWith(topicPrefix)) this.#wake(topic.slice(topicPrefix.length));
    });
  }

  /** Events of this process were committed. */
  ring(accountId: string): void {
    this.#wake(accountId);
    this.#signals.send(topicPrefix + accountId);
  }

  #wake(accountId: string): void {
    for (const listener of this.#listeners.get(accountId) ?? []) listener();
  }

  /** Calls `listener` at each ring until the function that is returned is called. */
  listen(accountId: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(accountId) ?? new Set();
    this.#listeners.set(accountId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(accountId);
    };
  }
}
