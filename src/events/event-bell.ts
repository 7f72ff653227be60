/** Tells those who follow an account's events that some were committed by this process. What they are is read from the table. */
export class EventBell {
  readonly #listeners = new Map<string, Set<() => void>>();

  ring(accountId: string): void {
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
