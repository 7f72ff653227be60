/** Hooks of open transactions, by the object that stands for the transaction. */
export class AfterCommitHooks {
  readonly #hooks = new WeakMap<object, (() => void)[]>();

  /** Starts a fresh list for `tx` and returns it. */
  begin(tx: object): (() => void)[] {
    const hooks: (() => void)[] = [];
    this.#hooks.set(tx, hooks);
    return hooks;
  }

  add(tx: object, hook: () => void): void {
    const hooks = this.#hooks.get(tx);
    if (!hooks) throw new Error('afterCommit needs the transaction that Database.transaction handed out');
    hooks.push(hook);
  }
}
