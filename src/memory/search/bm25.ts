/** One posting: a term in a memory. */
export interface Posting {
  readonly term: string;
  readonly memoryId: string;
  /** How often the term stands in the memory. */
  readonly frequency: number;
  /** Terms in the memory. */
  readonly length: number;
}

/** Totals over all memories that could be found. */
export interface CollectionStatistics {
  readonly memories: number;
  readonly terms: number;
}

/** Saturation of repeated terms, and how much a memory's length counts: what search toolkits use for short passages. */
const k1 = 0.9;
const b = 0.4;
/** The BM25 sum at which a score is one half. */
const halfway = 8;

/** BM25 of each memory that shares a term with the query, over the postings of the query's terms. */
export function scoreBm25(
  postings: readonly Posting[],
  { memories, terms }: CollectionStatistics,
): Map<string, number> {
  const documentFrequency = new Map<string, number>();
  for (const { term } of postings) documentFrequency.set(term, (documentFrequency.get(term) ?? 0) + 1);
  const averageLength = terms / Math.max(1, memories);
  const scores = new Map<string, number>();
  for (const { term, memoryId, frequency, length } of postings) {
    const found = documentFrequency.get(term) ?? 1;
    const idf = Math.log(1 + (memories - found + 0.5) / (found + 0.5));
    const norm = k1 * (1 - b + (b * length) / averageLength);
    scores.set(memoryId, (scores.get(memoryId) ?? 0) + (idf * frequency * (k1 + 1)) / (frequency + norm));
  }
  return scores;
}

/** The sum on an absolute scale from 0 to 1, the same from call to call (memory-semantics section 14). */
export function toScore(sum: number): number {
  return sum / (sum + halfway);
}
