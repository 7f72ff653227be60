import type { Reader } from '../../storage/index.ts';
import type { OccurredRange } from '../observations/index.ts';
import type { MemoryIndex, SearchDocument } from '../search/index.ts';
import type { QueryMeaning } from './meaning.ts';
import type { Query } from './query.ts';
import { type Meaning, type ScoredMemory, scoreMemories } from './scoring.ts';

/** Whose memories are ranked, and within which time. */
export interface RankingScope {
  readonly reader: Reader;
  readonly profileId: string;
  readonly range: OccurredRange;
}

/** A kind of memory, as ranking needs it. */
export interface MemorySource<Row extends { readonly id: string }> {
  /** The named memories within the range. */
  find(reader: Reader, profileId: string, ids: readonly string[], range: OccurredRange): Promise<Row[]>;
  /** The newest memories within the range. */
  newest(reader: Reader, profileId: string, range: OccurredRange, limit: number): Promise<Row[]>;
}

export interface Ranked<Row> {
  readonly row: Row;
  /** 0 to 1, the same scale in every call; absent in most-recent order. */
  readonly score?: number;
  /** What made the score, in the order of `featureNames`; absent for a memory that shares nothing with the query. */
  readonly features?: readonly number[];
  readonly meaning?: Meaning;
}

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
 * The memories that fit the query best: by score, then newest first. Without a threshold, memories that share nothing with
 * the query fill what is left of the limit, with score 0 (memory-semantics section 14).
 */
export async function rankByRelevance<Row extends { readonly id: string }>(
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
  const scored = scoreMemories(index, query, (document) => isWithin(document, scope.range), meaning)
    .filter(({ score }) => score >= threshold)
    .slice(0, limit);
  const ranked = await readInOrder(scope, source, scored);
  if (ranked.length === limit || threshold > 0) return ranked;
  return [...ranked, ...(await fillWithNewest(scope, source, ranked, limit))];
}

function isWithin({ occurredAt }: SearchDocument, { beginMs, endMs }: OccurredRange): boolean {
  return (beginMs === undefined || occurredAt >= beginMs) && (endMs === undefined || occurredAt < endMs);
}

/** A memory that went meanwhile is passed over. */
async function readInOrder<Row extends { readonly id: string }>(
  { reader, profileId, range }: RankingScope,
  source: MemorySource<Row>,
  scored: readonly ScoredMemory[],
): Promise<Ranked<Row>[]> {
  const rows = await source.find(
    reader,
    profileId,
    scored.map(({ id }) => id),
    range,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return scored.flatMap(({ id, score, features, meaning }) => {
    const row = byId.get(id);
    return row ? [{ row, score, features, meaning }] : [];
  });
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
