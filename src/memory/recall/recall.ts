import { errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { ConversationSummaryRow, MemoryKind, ObservationRow } from '../../storage/index.ts';
import { openForRead, type ProfileRef } from '../access/index.ts';
import type { QueryVectors } from '../embeddings/index.ts';
import { observationSource } from '../observations/index.ts';
import type { MemoryIndexes } from '../search/index.ts';
import { summarySource } from '../summaries/index.ts';
import type { CommunicationSource, RecalledCommunication } from './communications.ts';
import { findDateRange } from './date-range.ts';
import { inferQuery, type Query, toQuery } from './query.ts';
import { type Ranked, type RankingScope, rankByRelevance, rankByTime } from './ranking.ts';

/** What to recall; times in milliseconds, limits as in the contract. */
export interface RecallQuery {
  readonly query?: string | undefined;
  readonly conversationId?: string | undefined;
  /** Inclusive bound on `occurredAt`, and on `createdAt` of communications. */
  readonly beginMs?: number | undefined;
  /** Exclusive. */
  readonly endMs?: number | undefined;
  readonly observationsLimit?: number | undefined;
  readonly summariesLimit?: number | undefined;
  readonly communicationsLimit?: number | undefined;
  readonly relevanceThreshold?: number | undefined;
}

export interface Recalled {
  readonly observations: readonly Ranked<ObservationRow>[];
  readonly summaries: readonly Ranked<ConversationSummaryRow>[];
  /** Oldest first. */
  readonly communications: readonly RecalledCommunication[];
  readonly headers: Readonly<Record<string, string>>;
}

export type RecallContext = Pick<Context, 'db' | 'clock'> & {
  readonly communications: CommunicationSource;
  readonly indexes: MemoryIndexes;
  /** Undefined: no model is configured. */
  readonly queryVectors?: QueryVectors | undefined;
};

const limits = { observations: 20, summaries: 5, communications: 0 } as const;
/** Communications from which a query is inferred. */
const inferredFrom = 10;

/**
 * Recall in its three modes (memory-semantics section 14): ranked by a query, ranked by what the conversation was about
 * lately, or most recent first. Communications come from the conversation that is named.
 */
export async function recall(
  context: RecallContext,
  ref: ProfileRef,
  request: RecallQuery,
): Promise<Recalled> {
  const { beginMs, endMs } = request;
  if (beginMs !== undefined && endMs !== undefined && beginMs > endMs) {
    throw errors.invalid('beginDate', 'must not be after endDate');
  }
  const { reader } = context.db;
  const { profile, headers } = await openForRead(reader, ref);
  const scope: RankingScope = { reader, profileId: profile.id, range: { beginMs, endMs } };
  const query = await findQuery(context, ref.accountId, request);
  const limit = {
    observations: request.observationsLimit ?? limits.observations,
    summaries: request.summariesLimit ?? limits.summaries,
  };
  const found = query
    ? await rankAll(context, scope, { query, limit, threshold: request.relevanceThreshold ?? 0 })
    : {
        observations: await rankByTime(scope, observationSource, limit.observations),
        summaries: await rankByTime(scope, summarySource, limit.summaries),
      };
  return {
    ...found,
    communications: await findCommunications(context, ref.accountId, request),
    headers,
  };
}

async function rankAll(
  { indexes, queryVectors }: RecallContext,
  scope: RankingScope,
  {
    query,
    limit,
    threshold,
  }: { query: Query; limit: { observations: number; summaries: number }; threshold: number },
): Promise<Pick<Recalled, 'observations' | 'summaries'>> {
  const vector = await queryVectors?.find(query.text);
  const { observation, summary, nearness } = await indexes.open(scope.reader, scope.profileId, vector);
  const meaningOf = (kind: MemoryKind) => nearness && { nearness: nearness[kind], trust: indexes.trust };
  // Both begin to search before anything else can happen to the indexes.
  const [observations, summaries] = await Promise.all([
    rankByRelevance(scope, observationSource, {
      index: observation,
      query,
      meaning: meaningOf('observation'),
      limit: limit.observations,
      threshold,
    }),
    rankByRelevance(scope, summarySource, {
      index: summary,
      query,
      meaning: meaningOf('summary'),
      limit: limit.summaries,
      threshold,
    }),
  ]);
  return { observations, summaries };
}

/** The query, or what the conversation's latest communications say; undefined when there is neither. */
async function findQuery(
  { db, clock, communications }: RecallContext,
  accountId: string,
  { query, conversationId }: RecallQuery,
): Promise<Query | undefined> {
  if (query !== undefined && query.trim() !== '') {
    return toQuery(query, await findDateRange(query, clock.now()));
  }
  if (conversationId === undefined) return undefined;
  return inferQuery(
    await communications.latest(db.reader, { accountId, conversationId, limit: inferredFrom }),
  );
}

async function findCommunications(
  { db, communications }: RecallContext,
  accountId: string,
  { conversationId, communicationsLimit = limits.communications, beginMs, endMs }: RecallQuery,
): Promise<RecalledCommunication[]> {
  if (conversationId === undefined || communicationsLimit === 0) return [];
  return communications.latest(db.reader, {
    accountId,
    conversationId,
    limit: communicationsLimit,
    beginMs,
    endMs,
  });
}
