import type { Reader } from '../../storage/index.ts';
import type { MemoryIndex, MemorySource, OccurredRange } from '../search/index.ts';
import type { QueryMeaning } from './meaning.ts';
import type { Query } from './query.ts';
import { type Meaning, type ScoredMemory, scoreMemories } from './scoring.ts';

/** Whose memories are ranked, and within which time. */
export interface RankingScope {
  readonly reader: Reader;
  readonly profileId: string;
  readonly range: OccurredRange;
}

export interface Ranked<Row> {
  readonly row: Row;
  /** 0 to 1, the same scale in every call; absent in most-recent order. */
  readonly score?: number;
  /** What made the score, in the order of `featureNames`; absent for a memory that shares nothing with the query. */
  readonly features?: Float64Array;
  readonly meaning?: Meaning;
}

/** What ranking looks at of a memory. */
interface MemoryRow {
  readonly id: string;
  readonly occurred_at: number;
}

/** The newest memories, without scores. */
export async function rankByTime<Row extends MemoryRow>(
  { reader, profileId, range }: RankingScope,
  source: MemorySource<Row>,
  limit: number,
): Promise<Ranked<Row>[]> {
  if (limit === 0) return [];
  const rows = await source.newest(reader, profileId, range, limit);
  return rows.map((row) => ({ row }));
}

/**
 * The memories that fit the query best: by score, then newest first. Without a threshold, memories that share nothing with
 * the query fill what is left of the limit, with score 0 (memory-semantics section 14).
 */
export async function rankByRelevance<Row extends MemoryRow>(
  scope: RankingScope,
  source: MemorySource<Row>,
  {
    index,
    query,
    meaning,
    limit,
    threshold,
  }: {
    index: MemoryIndex;
    query: Query;
    meaning?: QueryMeaning | undefined;
    limit: number;
    threshold: number;
  },
): Promise<Ranked<Row>[]> {
  if (limit === 0) return [];
  const { size } = index;
  const best = scoreMemories(index, query, { mayBeFound: toFilter(scope.range), meaning, limit });
  const scored = best.filter(({ score }) => score >= threshold);
  const ranked = await readInOrder(scope, source, scored);
  if (ranked.length === Math.min(limit, size) || threshold > 0) return ranked;
  return [...ranked, ...(await fillWithNewest(scope, source, ranked, limit))];
}

/** Undefined where every memory may be found. */
function toFilter(range: OccurredRange) {
  if (range.beginMs === undefined && range.endMs === undefined) return undefined;
  return ({ occurredAt }: { readonly occurredAt: number }) => isWithin(occurredAt, range);
}

function isWithin(timeMs: number, { beginMs, endMs }: OccurredRange): boolean {
  return (beginMs === undefined || timeMs >= beginMs) && (endMs === undefined || timeMs < endMs);
}

/** A memory that went meanwhile, or is of another time now, is passed over. */
async function readInOrder<Row extends MemoryRow>(
  { reader, profileId, range }: RankingScope,
  source: MemorySource<Row>,
  scored: readonly ScoredMemory[],
): Promise<Ranked<Row>[]> {
  const ids = scored.map(({ id }) => id);
  const rows = await source.find(reader, profileId, ids);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return scored.flatMap(({ id, score, features, meaning }) => {
    const row = byId.get(id);
    return row && isWithin(row.occurred_at, range) ? [{ row, score, features, meaning }] : [];
  });
}

async function fillWithNewest<Row extends MemoryRow>(
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
