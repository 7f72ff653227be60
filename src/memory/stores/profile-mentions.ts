import type { Reader, Tx } from '../../storage/index.ts';

/**
 * Where profiles are mentioned outside the memory room. Memory does not know conversations: the application hands in an
 * implementation, and a server with memory alone hands in none.
 */
export interface ProfileMentions {
  /** Takes the ids of erased profiles out of whatever mentions them, up to `max` mentions; answers how many it took out. */
  forget(tx: Tx, accountId: string, profileIds: readonly string[], max?: number): Promise<number>;
  /** The conversations in which one of the profiles took part, as JSON values, oldest first. */
  conversations(reader: Reader, accountId: string, profileIds: readonly string[]): Promise<unknown[]>;
}
