import type { Static } from 'typebox';
import { ok, type Route, route, toMs } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { ProfilePath } from '../access/index.ts';
import { toObservationWire } from '../observations/index.ts';
import { toSummaryWire } from '../summaries/index.ts';
import type { CommunicationSource } from './communications.ts';
import { type Recalled, type RecallQuery, recall } from './recall.ts';
import { RecallRequest, RecallResponse, toCommunicationWire } from './recall.wire.ts';

const queryTimeMaxMs = 600_000;

export function recallRoutes(context: Context, communications: CommunicationSource): Route[] {
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
      replies: { 200: RecallResponse },
      handle: async ({ account, params, body }) => {
        const startedAt = context.clock.wallNow();
        const found = await recall(
          { db: context.db, communications },
          { ...params, accountId: account.id },
          toQuery(body),
        );
        const queryTime = Math.min(queryTimeMaxMs, Math.max(0, context.clock.wallNow() - startedAt));
        return ok({ ...toBody(found), meta: { queryTime } }, found.headers);
      },
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

function withScore(score: number | undefined): { score?: number } {
  return score === undefined ? {} : { score };
}
