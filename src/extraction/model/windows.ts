import type { Turn } from '../extractor.ts';

/** Parts of one conversation that are read, the newest; each is a call. */
export const windowsMax = 12;
/** Messages of the part before that stand at the head of the next, so that its answers have their questions. */
const overlapMax = 4;

export interface WindowOptions {
  /** Characters of the lines of one part. */
  readonly charactersMax: number;
  /** How long a message is as a line. */
  lengthOf(turn: Turn): number;
  /** Parts without anything new are read too. */
  readonly isAllWanted: boolean;
}

/**
 * A conversation in parts that a model can read at once, oldest first; one part when it fits. Messages that are there for
 * understanding only are not new in the part.
 */
export function windowsOf(
  turns: readonly Turn[],
  { charactersMax, lengthOf, isAllWanted }: WindowOptions,
): Turn[][] {
  const windows: Turn[][] = [];
  let current: Turn[] = [];
  let length = 0;
  for (const turn of turns) {
    const own = lengthOf(turn);
    if (length + own > charactersMax && current.length > 0) {
      windows.push(current);
      current = lastOf(current, charactersMax / 4, lengthOf);
      length = current.reduce((sum, earlier) => sum + lengthOf(earlier), 0);
    }
    current.push(turn);
    length += own;
  }
  windows.push(current);
  return windows.filter((window) => isAllWanted || window.some(({ isNew }) => isNew)).slice(-windowsMax);
}

function lastOf(turns: readonly Turn[], charactersMax: number, lengthOf: WindowOptions['lengthOf']): Turn[] {
  const last: Turn[] = [];
  let length = 0;
  for (const turn of turns.slice(-overlapMax).reverse()) {
    length += lengthOf(turn);
    if (length > charactersMax) break;
    last.unshift({ ...turn, isNew: false });
  }
  return last;
}
