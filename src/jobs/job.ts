import type { Static, TSchema } from 'typebox';

/**
 * A unit of background work, declared beside the rules that need it. It is enqueued in the transaction of the rows it
 * serves, and runs at least once: its handler may run twice and may die half-way.
 */
export interface Job<Payload extends TSchema = TSchema> {
  /** `room.noun-verb`; stored with each job, so it stays. */
  readonly name: string;
  /** Ids and versions only: what a job works on is read when it runs. */
  readonly payload: Payload;
  /** How often it is tried before it becomes a dead letter. */
  readonly attemptsMax: number;
  /** After which a run counts as failed and its lease ends. */
  readonly timeoutMs: number;
  /** Whose workers run it; `main` by default. Jobs that wait for others on the network have a lane of their own. */
  readonly lane?: Lane;
  /** Milliseconds before the second, third ... attempt, give or take a fifth; exponential by default (see backoff.ts). */
  readonly retryDelaysMs?: readonly number[];
}

/** Jobs of one lane share its workers, so that slow ones of one kind hold up no other kind. */
export const lanes = ['main', 'callbacks', 'senders', 'models'] as const;
export type Lane = (typeof lanes)[number];

/** How many jobs of a lane run at once in this process, and how many of those may be of one group. */
export interface LaneLimits {
  readonly concurrency: number;
  readonly perGroup?: number;
}

export function declareJob<Payload extends TSchema>(job: Job<Payload>): Job<Payload> {
  return job;
}

export type PayloadOf<J> = J extends Job<infer Payload> ? Static<Payload> : never;
