import type { Static } from 'typebox';
import { type Account, ok, type Route, route, toMs } from '../../http/index.ts';
import { ProfilePath } from '../access/index.ts';
import { toObservationWire } from '../observations/index.ts';
import { toSummaryWire } from '../summaries/index.ts';
import { featureNames } from './features.ts';
import type { Ranked } from './ranking.ts';
import { type RecallContext, type Recalled, type RecallQuery, recall } from './recall.ts';
import {
  ExplainedRecallResponse,
  RecallRequest,
  RecallResponse,
  toCommunicationWire,
} from './recall.wire.ts';
import { weights } from './weights.ts';

const queryTimeMaxMs = 600_000;

/** Recall, and the same with what made each score. */
export function recallRoutes(context: RecallContext): Route[] {
  const answer = async <Body>(
    account: Account,
    params: Static<typeof ProfilePath>,
    body: Static<typeof RecallRequest>,
    toBody: (found: Recalled) => Body,
  ) => {
    const startedAt = context.clock.wallNow();
    const found = await recall(context, { ...params, accountId: account.id }, toQuery(body));
    const queryTime = Math.min(queryTimeMaxMs, Math.max(0, context.clock.wallNow() - startedAt));
    return ok({ ...toBody(found), meta: { queryTime } }, found.headers);
  };
  return [
    route({
      operation: 'CreateFetchProfileMemory',
      surface: 'memoryData',
      method: 'POST',
      path: '/v1/Stores/:storeId/Profiles/:profileId/Recall',
      summary: 'Recall memories of a profile',
      params: ProfilePath,
      body: RecallRequest,
      isBodyOptional: true,
      countedAs: 'recalls',
      replies: { 200: RecallResponse },
      handle: ({ account, params, body }) => answer(account, params, body, toBody),
    }),
    route({
      operation: 'ExplainRecall',
      surface: 'rapport',
      method: 'POST',
      path: '/rapport/v1/Stores/:storeId/Profiles/:profileId/Recall/Explain',
      summary: 'Recall with the parts of each score',
      params: ProfilePath,
      body: RecallRequest,
      isBodyOptional: true,
      countedAs: 'recalls',
      replies: { 200: ExplainedRecallResponse },
      handle: ({ account, params, body }) => answer(account, params, body, toExplainedBody),
    }),
  ];
}

function toQuery({ beginDate, endDate, ...others }: Static<typeof RecallRequest>): RecallQuery {
  return {
    ...others,
    beginMs: beginDate === undefined ? undefined : toMs('beginDate', beginDate),
    endMs: endDate === undefined ? undefined : toMs('endDate', endDate),
  };
}

function toBody({ observations, summaries, communications }: Recalled) {
  return {
    observations: observations.map(({ row, score }) => ({
      ...toObservationWire(row.id, row),
      ...withScore(score),
    })),
    summaries: summaries.map(({ row, score }) => ({ ...toSummaryWire(row), ...withScore(score) })),
    communications: communications.map(toCommunicationWire),
  };
}

function toExplainedBody(found: Recalled) {
  const { observations, summaries } = toBody(found);
  return {
    observations: observations.map((observation, at) => ({
      ...observation,
      ...explain(found.observations[at]),
    })),
    summaries: summaries.map((summary, at) => ({ ...summary, ...explain(found.summaries[at]) })),
    communications: found.communications.map(toCommunicationWire),
  };
}

/** What each feature brought, largest first. */
function explain({ features, meaning }: Pick<Ranked<unknown>, 'features' | 'meaning'> = {}) {
  if (!features) return {};
  const parts = featureNames.map((feature, at) => {
    const value = features[at] ?? 0;
    return { feature, value, contribution: value * weights[feature] };
  });
  return {
    explanation: [...parts, { feature: 'meaning', ...(meaning ?? { value: 0, contribution: 0 }) }]
      .filter(({ value }) => value !== 0)
      .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)),
  };
}

function withScore(score: number | undefined): { score?: number } {
  return score === undefined ? {} : { score };
}
