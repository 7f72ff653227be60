import Type, { type Static } from 'typebox';
import {
  accepted,
  ok,
  pageParameters,
  type Route,
  route,
  toMs,
  toPageBody,
  toPageRequest,
} from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { AcceptedMessage, ConversationId, openForRead, ProfilePath } from '../access/index.ts';
import { listSummaries } from './summary.store.ts';
import { createSummaries, deleteSummary, getSummary, patchSummary, type SummaryDraft } from './summary.ts';
import {
  CreateSummariesRequest,
  Summary,
  SummaryList,
  SummaryPatch,
  SummaryPath,
  summaryList,
  toWire,
} from './summary.wire.ts';

const collection = '/v1/Stores/:storeId/Profiles/:profileId/ConversationSummaries';
const item = `${collection}/:summaryId`;

export function summaryRoutes(context: Context): Route[] {
  const { db } = context;
  return [
    route({
      operation: 'ListProfileConversationSummaries',
      surface: 'memoryData',
      method: 'GET',
      path: collection,
      summary: 'List conversation summaries, newest first',
      params: ProfilePath,
      query: Type.Object({ ...pageParameters, conversationId: Type.Optional(ConversationId) }),
      replies: { 200: SummaryList },
      handle: async ({ account, params, query }) => {
        const { profile, headers } = await openForRead(db.reader, { ...params, accountId: account.id });
        const scope = [profile.id, query.conversationId];
        // This list has one order; a parameter that it does not have changes nothing.
        const request = toPageRequest(summaryList, { ...query, orderBy: 'DESC' }, scope);
        const page = await listSummaries(db.reader, profile.id, query.conversationId, request);
        return ok(toPageBody(summaryList, page, request, scope, toWire), headers);
      },
    }),
    route({
      operation: 'CreateProfileConversationSummary',
      surface: 'memoryData',
      method: 'POST',
      path: collection,
      summary: 'Create 1 to 10 conversation summaries',
      params: ProfilePath,
      body: CreateSummariesRequest,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params, body }) => {
        const drafts = body.summaries.map((input) => ({
          ...input,
          occurredAt: toMs('occurredAt', input.occurredAt),
        }));
        await createSummaries(context, { ...params, accountId: account.id }, drafts);
        return accepted({ message: 'Summaries accepted.' });
      },
    }),
    route({
      operation: 'FetchProfileConversationSummary',
      surface: 'memoryData',
      method: 'GET',
      path: item,
      summary: 'Read a conversation summary',
      params: SummaryPath,
      replies: { 200: Summary },
      handle: async ({ account, params }) => {
        const { summary, headers } = await getSummary(
          db.reader,
          { ...params, accountId: account.id },
          params.summaryId,
        );
        return ok(toWire(summary), headers);
      },
    }),
    route({
      operation: 'PatchProfileConversationSummary',
      surface: 'memoryData',
      method: 'PATCH',
      path: item,
      summary: 'Change a conversation summary',
      params: SummaryPath,
      body: SummaryPatch,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params, body }) => {
        await patchSummary(context, { ...params, accountId: account.id }, params.summaryId, toChanges(body));
        return accepted({ message: 'Summary change accepted.' });
      },
    }),
    route({
      operation: 'DeleteProfileConversationSummary',
      surface: 'memoryData',
      method: 'DELETE',
      path: item,
      summary: 'Delete a conversation summary for good',
      params: SummaryPath,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params }) => {
        await deleteSummary(context, { ...params, accountId: account.id }, params.summaryId);
        return accepted({ message: 'Summary removal accepted.' });
      },
    }),
  ];
}

function toChanges({ occurredAt, ...others }: Static<typeof SummaryPatch>): Partial<SummaryDraft> {
  return { ...others, ...(occurredAt === undefined ? {} : { occurredAt: toMs('occurredAt', occurredAt) }) };
}
