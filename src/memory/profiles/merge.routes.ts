import Type, { type Static } from 'typebox';
import {
  ok,
  orderParameter,
  pageOf,
  pageParameters,
  type Route,
  route,
  Timestamp,
  toPageBody,
  toPageRequest,
} from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import type { Context } from '../../runtime/context.ts';
import { decodeJson, type ProfileMergeRow } from '../../storage/index.ts';
import { ProfilePath, profileParameters } from '../access/index.ts';
import { listMerges, type MergeReason, type MergeRecord } from './merge.store.ts';
import { openMergeHolder, undoMerge } from './merge-undo.ts';

const Merge = Type.Object({
  id: Type.String(),
  survivorId: Type.String(),
  mergedId: Type.String(),
  /** Rules that held and the values they looked at; empty when a request named one of the profiles. */
  reasons: Type.Array(
    Type.Object({
      rule: Type.String(),
      values: Type.Array(Type.Object({ idType: Type.String(), value: Type.String() })),
    }),
  ),
  moved: Type.Object({
    traits: Type.Integer(),
    identifiers: Type.Integer(),
    observations: Type.Integer(),
    summaries: Type.Integer(),
  }),
  mergedAt: Timestamp,
  undoneAt: Type.Optional(Timestamp),
});

const mergeList = { key: 'merges', sortKey: ['text'], sizeMax: 100 } as const;
const collection = '/rapport/v1/Stores/:storeId/Profiles/:profileId/Merges';

/** Our own routes: what was merged into a profile, why, and how to take it back. */
export function mergeRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'ListProfileMerges',
      surface: 'rapport',
      method: 'GET',
      path: collection,
      summary: 'List the merges that made a profile, newest first',
      params: ProfilePath,
      query: Type.Object({ ...pageParameters, ...orderParameter }),
      replies: { 200: pageOf(mergeList.key, Merge) },
      handle: async ({ account, params, query }) => {
        const holder = await openMergeHolder(context.db.reader, { ...params, accountId: account.id });
        const scope = [holder.id];
        const request = toPageRequest(mergeList, query, scope);
        const page = await listMerges(context.db.reader, holder.id, request);
        return ok(toPageBody(mergeList, page, request, scope, toWire));
      },
    }),
    route({
      operation: 'UndoProfileMerge',
      surface: 'rapport',
      method: 'POST',
      path: `${collection}/:mergeId/Undo`,
      summary: 'Undo a merge: what moved goes back, what arrived since stays',
      params: Type.Object({
        ...profileParameters,
        mergeId: Type.String({ pattern: '^rapport_merge_[0-7][0-9a-z]{25}$' }),
      }),
      replies: { 200: Merge },
      handle: async ({ account, params }) =>
        ok(toWire(await undoMerge(context, { ...params, accountId: account.id }, params.mergeId))),
    }),
  ];
}

export function toWire(row: ProfileMergeRow): Static<typeof Merge> {
  const moved = decodeJson<MergeRecord>(row.moved_json);
  return {
    id: row.id,
    survivorId: row.survivor_id,
    mergedId: row.merged_id,
    reasons: decodeJson<MergeReason[]>(row.reason_json).map(({ rule, values }) => ({
      rule,
      values: [...values],
    })),
    moved: {
      traits: moved.traits.length,
      identifiers: moved.identifiers.length,
      observations: moved.observationIds.length,
      summaries: moved.summaryIds.length,
    },
    mergedAt: toTimestamp(row.merged_at),
    ...(row.undone_at === null ? {} : { undoneAt: toTimestamp(row.undone_at) }),
  };
}
