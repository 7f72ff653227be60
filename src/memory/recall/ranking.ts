import type { MemoryKind, Reader } from '../../storage/index.ts';
import type { OccurredRange } from '../observations/index.ts';
import { searchIndex, toScore } from '../search/index.ts';

/** Whose memories are ranked, and within which time. */
export interface RankingScope {
  readonly reader: Reader;
  readonly accountId: string;
  readonly profileId: string;
  readonly range: OccurredRange;
}

/** A kind of memory, as ranking needs it. */
export interface MemorySource<Row extends { readonly id: string }> {
  readonly kind: MemoryKind;
  /** The named memories within the range. */
  find(reader: Reader, profileId: string, ids: readonly string[], range: OccurredRange): Promise<Row[]>;
  /** The newest memories within the range. */
  newest(reader: Reader, profileId: string, range: OccurredRange, limit: number): Promise<Row[]>;
}

export interface Ranked<Row> {
  readonly row: Row;
  /** 0 to 1, the same scale in every call; absent in most-recent order. */
  readonly score?: number;
}

/** Candidates whose rows are read at once. */
const chunkSize = 200;

/** The newest memories, without scores. */
export async function rankByTime<Row extends { readonly id: string }>(
  { reader, profileId, range }: RankingScope,
  source: MemorySource<Row>,
  limit: number,
): Promise<Ranked<Row>[]> {
  if (limit === 0) return [];
  const rows = await source.newest(reader, profileId, range, limit);
  return rows.map((row) => ({ row }));
}

/**
 * The memories that fit the query best: by score, then newest first. Without a threshold, memories that share no term with
 * the query fill what is left of the limit, with score 0 (memory-semantics section 14).
 */
export async function rankByRelevance<Row extends { readonly id: string }>(
  scope: RankingScope,
  source: MemorySource<Row>,
  { query, limit, threshold }: { query: string; limit: number; threshold: number },
): Promise<Ranked<Row>[]> {
  if (limit === 0) return [];
  const sums = await searchIndex(scope.reader, { ...scope, kind: source.kind }, query);
  const candidates = [...sums]
    .map(([id, sum]) => ({ id, score: toScore(sum) }))
    .filter(({ score }) => score >= threshold)
    .sort((a, b) => b.score - a.score || (a.id < b.id ? 1 : -1));
  const ranked = await readInOrder(scope, source, candidates, limit);
  if (ranked.length === limit || threshold > 0) return ranked;
  return [...ranked, ...(await fillWithNewest(scope, source, ranked, limit))];
}

async function readInOrder<Row extends { readonly id: string }>(
  { reader, profileId, range }: RankingScope,
  source: MemorySource<Row>,
  candidates: readonly { id: string; score: number }[],
  limit: number,
): Promise<Ranked<Row>[]> {
  const ranked: Ranked<Row>[] = [];
  for (let start = 0; start < candidates.length && ranked.length < limit; start += chunkSize) {
    const chunk = candidates.slice(start, start + chunkSize);
    const rows = await source.find(
      reader,
      profileId,
      chunk.map(({ id }) => id),
      range,
    );
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const { id, score } of chunk) {
      const row = byId.get(id);
      if (row) ranked.push({ row, score });
    }
  }
  return ranked.slice(0, limit);
}

async function fillWithNewest<Row extends { readonly id: string }>(
  { reader, profileId, range }: RankingScope,
  source: MemorySource<Row>,
  ranked: readonly Ranked<Row>[],
  limit: number,
): Promise<Ranked<Row>[]> {
  const taken = new Set(ranked.map(({ row }) => row.id));
  // At least as many of the newest are not taken yet as there are places left.
  const newest = await source.newest(reader, profileId, range, limit);
  return newest
    .filter((row) => !taken.has(row.id))
    .slice(0, limit - ranked.length)
    .map((row) => ({ row, score: 0 }));
}
