import type { GuardCategory } from '../../config/index.ts';

/** A part of a text that is not to be remembered. */
export interface Finding {
  /** Position of its first character. */
  readonly start: number;
  /** Position after its last character. */
  readonly end: number;
  readonly category: GuardCategory;
  /** What stands in its place. */
  readonly replacement: string;
}

/** Stands where something was that says nothing without its value. */
export const removed = '[removed]';
