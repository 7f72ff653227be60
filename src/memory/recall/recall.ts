import { errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { ConversationSummaryRow, ObservationRow } from '../../storage/index.ts';
import { openForRead, type ProfileRef } from '../access/index.ts';
import { findObservations, listNewestObservations } from '../observations/index.ts';
import { findSummaries, listNewestSummaries } from '../summaries/index.ts';
import type { CommunicationSource, RecalledCommunication } from './communications.ts';
import { type MemorySource, type Ranked, type RankingScope, rankByRelevance, rankByTime } from './ranking.ts';

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

export type RecallContext = Pick<Context, 'db'> & { readonly communications: CommunicationSource };

const limits = { observations: 20, summaries: 5, communications: 0 } as const;
/** Communications from which a query is inferred. */
const inferredFrom = 10;
/** Characters of an inferred query; the latest words count. */
const inferredLengthMax = 8192;

const observationSource: MemorySource<ObservationRow> = {
  kind: 'observation',
  find: findObservations,
  newest: listNewestObservations,
};
const summarySource: MemorySource<ConversationSummaryRow> = {
  kind: 'summary',
  find: findSummaries,
  newest: listNewestSummaries,
};

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
  const scope: RankingScope = {
    reader,
    accountId: ref.accountId,
    profileId: profile.id,
    range: { beginMs, endMs },
  };
  const query = await findQuery(context, ref.accountId, request);
  const rank = <Row extends { readonly id: string }>(source: MemorySource<Row>, limit: number) =>
    query === undefined
      ? rankByTime(scope, source, limit)
      : rankByRelevance(scope, source, { query, limit, threshold: request.relevanceThreshold ?? 0 });
  return {
    observations: await rank(observationSource, request.observationsLimit ?? limits.observations),
    summaries: await rank(summarySource, request.summariesLimit ?? limits.summaries),
    communications: await findCommunications(context, ref.accountId, request),
    headers,
  };
}

/** The query, or what the conversation's latest communications say; undefined when there is neither. */
async function findQuery(
  context: RecallContext,
  accountId: string,
  { query, conversationId }: RecallQuery,
): Promise<string | undefined> {
  if (query !== undefined && query.trim() !== '') return query;
  if (conversationId === undefined) return undefined;
  const latest = await context.communications.latest(context.db.reader, {
    accountId,
    conversationId,
    limit: inferredFrom,
  });
  const text = latest
    .map((communication) => communication.text)
    .join('\n')
    .slice(-inferredLengthMax);
  return text.trim() === '' ? undefined : text;
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
