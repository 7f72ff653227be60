interface Finding {
  /** Groups that were full. */
  readonly full: readonly string[];
  /** When the next job of any other is due; infinity when none waits. */
  readonly dueAtMs: number;
  /** In wall-clock time. */
  readonly untilMs: number;
}

/** What is looked for past groups that are full. */
export interface Sought {
  readonly lane: string;
  readonly full: readonly string[];
  readonly nowMs: number;
  readonly wallNowMs: number;
}

/** Other processes enqueue too: their jobs are noticed this often. */
const keptMs = 1000;

/**
 * Remembers when the next job past full groups is due. To find that, the database reads everything that is due for the full ones,
 * which may be thousands of callbacks for a slow receiver; so it is not asked again at the end of each of their jobs, which changes
 * nothing for the others.
 */
export class PastFullGroups {
  readonly #findings = new Map<string, Finding>();
  #forgotten = 0;

  /** Asks `find` only when nothing is known, or the time has come for what is. */
  async nextDueAt(sought: Sought, find: () => Promise<number | undefined>): Promise<number | undefined> {
    const known = this.#findings.get(sought.lane);
    if (known && isValid(known, sought)) return finiteOrNone(known.dueAtMs);
    const before = this.#forgotten;
    const dueAtMs = (await find()) ?? Number.POSITIVE_INFINITY;
    // Not what a job that came meanwhile has made untrue.
    if (before === this.#forgotten) {
      const { lane, full, wallNowMs } = sought;
      this.#findings.set(lane, { full, dueAtMs, untilMs: wallNowMs + keptMs });
    }
    return finiteOrNone(dueAtMs);
  }

  /** A job of the group has come, or has come back; one without a group has none. */
  forget(lane: string, group: string | null): void {
    const known = this.#findings.get(lane);
    if (known && group !== null && known.full.includes(group)) return;
    this.#findings.delete(lane);
    this.#forgotten += 1;
  }

  /** Jobs have come, nobody knows which. */
  forgetAll(): void {
    this.#findings.clear();
    this.#forgotten += 1;
  }
}

/** Groups that have become full since leave less to find, and nothing earlier. */
function isValid({ full: before, dueAtMs, untilMs }: Finding, { full, nowMs, wallNowMs }: Sought): boolean {
  return dueAtMs > nowMs && wallNowMs < untilMs && before.every((group) => full.includes(group));
}

function finiteOrNone(dueAtMs: number): number | undefined {
  return Number.isFinite(dueAtMs) ? dueAtMs : undefined;
}
