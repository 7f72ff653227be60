import type { JobRunner } from '../jobs/index.ts';
import type { VirtualClock } from '../runtime/clock.ts';

/**
 * Moves the virtual clock by `ms`, stopping at every moment at which a job comes due and running what is due before it goes
 * on, so that timers fire in order and at their own times. Answers when nothing is due any more at the new time.
 */
export class ClockAdvancer {
  readonly #clock: VirtualClock;
  readonly #runner: JobRunner;
  #last: Promise<unknown> = Promise.resolve();

  constructor({ clock, runner }: { clock: VirtualClock; runner: JobRunner }) {
    this.#clock = clock;
    this.#runner = runner;
  }

  /** The new time. Calls that overlap move the clock one after the other. */
  advance(ms: number): Promise<number> {
    const move = this.#last.then(() => this.#move(ms));
    this.#last = move.catch(() => undefined);
    return move;
  }

  async #move(ms: number): Promise<number> {
    const target = this.#clock.now() + ms;
    await this.#runner.whenIdle();
    for (let due = await this.#nextDue(target); due !== undefined; due = await this.#nextDue(target)) {
      this.#clock.moveTo(due);
      await this.#runner.whenIdle();
    }
    this.#clock.moveTo(target);
    return target;
  }

  async #nextDue(target: number): Promise<number | undefined> {
    const due = await this.#runner.nextDueAt();
    return due !== undefined && due <= target ? due : undefined;
  }
}
