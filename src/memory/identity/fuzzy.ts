import { distance } from 'fastest-levenshtein';

/** Letters of a piece. */
const gramLength = 3;

/** The pieces of a value, its ends marked, each once. Values that are alike share some. */
export function gramsOf(value: string): string[] {
  const marked = `^${value.toLowerCase()}$`;
  const count = Math.max(1, marked.length - gramLength + 1);
  return [...new Set(Array.from({ length: count }, (_, at) => marked.slice(at, at + gramLength)))];
}

/** How alike two values are, in percent of the longer one: 100 means equal but for case. */
export function similarity(one: string, other: string): number {
  const [a, b] = [one.toLowerCase(), other.toLowerCase()];
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 100 : 100 * (1 - distance(a, b) / longest);
}
