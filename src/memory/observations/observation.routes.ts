import Type from 'typebox';
import { errors } from '../../errors/index.ts';
import {
  accepted,
  ok,
  orderParameter,
  pageParameters,
  type Route,
  route,
  Timestamp,
  toMs,
  toPageBody,
  toPageRequest,
} from '../../http/index.ts';
import { toTimestamp } from '../../runtime/clock.ts';
import type { Context } from '../../runtime/context.ts';
import { AcceptedMessage, ConversationId, openForRead, ProfilePath } from '../access/index.ts';
import { listObservations, listRevisions } from './observation.store.ts';
import {
  createObservations,
  deleteObservation,
  getObservation,
  type ObservationDraft,
  patchObservation,
} from './observation.ts';
import {
  CreateObservationsRequest,
  LegacySingleObservation,
  Observation,
  ObservationCreated,
  ObservationList,
  ObservationPatch,
  ObservationPath,
  observationList,
  RevisionList,
  revisionList,
  Source,
  toWire,
} from './observation.wire.ts';
import { toChanges, toDraft } from './observation-input.ts';

const collection = '/v1/Stores/:storeId/Profiles/:profileId/Observations';
const item = `${collection}/:observationId`;

const ListQuery = Type.Object({
  ...pageParameters,
  ...orderParameter,
  source: Type.Optional(Source),
  createdAfter: Type.Optional(Timestamp),
  createdBefore: Type.Optional(Timestamp),
  conversationId: Type.Optional(ConversationId),
});

export function observationRoutes(context: Context): Route[] {
  const { db, clock } = context;
  return [
    route({
      operation: 'ListProfileObservations',
      surface: 'memoryData',
      method: 'GET',
      path: collection,
      summary: 'List observations, newest first',
      params: ProfilePath,
      query: ListQuery,
      replies: { 200: ObservationList },
      handle: async ({ account, params, query }) => {
        const { profile, headers } = await openForRead(db.reader, { ...params, accountId: account.id });
        const { source, createdAfter, createdBefore, conversationId } = query;
        const scope = [profile.id, source, createdAfter, createdBefore, conversationId];
        const request = toPageRequest(observationList, query, scope);
        const filter = {
          source,
          conversationId,
          createdAfter: createdAfter === undefined ? undefined : toMs('createdAfter', createdAfter),
          createdBefore: createdBefore === undefined ? undefined : toMs('createdBefore', createdBefore),
        };
        const page = await listObservations(db.reader, profile.id, filter, request);
        return ok(
          toPageBody(observationList, page, request, scope, (row) => toWire(row.id, row)),
          headers,
        );
      },
    }),
    route({
      operation: 'CreateProfileObservation',
      surface: 'memoryData',
      method: 'POST',
      path: collection,
      summary: 'Create 1 to 10 observations',
      params: ProfilePath,
      // One of the two; which one is meant decides on the member `observations`, so that errors speak of that form.
      body: Type.Unsafe<
        Type.Static<typeof CreateObservationsRequest> | Type.Static<typeof LegacySingleObservation>
      >({
        type: 'object',
        if: { anyOf: [{ required: ['observations'] }, { not: { required: ['content'] } }] },
        // biome-ignore lint/suspicious/noThenProperty: `then` is JSON Schema's word.
        then: CreateObservationsRequest,
        else: LegacySingleObservation,
      }),
      replies: { 202: ObservationCreated },
      handle: async ({ account, params, body }) => {
        const ref = { ...params, accountId: account.id };
        if ('observations' in body) {
          await createObservations(
            context,
            ref,
            body.observations.map((draft) => toDraft(draft, clock.now())),
          );
          return accepted({ message: 'Observations accepted.' });
        }
        const draft = toDraft(body, clock.now());
        await createObservations(context, ref, [draft]);
        return accepted({ message: 'Observation accepted.', ...echo(draft) });
      },
    }),
    route({
      operation: 'FetchProfileObservation',
      surface: 'memoryData',
      method: 'GET',
      path: item,
      summary: 'Read an observation',
      params: ObservationPath,
      replies: { 200: Observation },
      handle: async ({ account, params }) => {
        const { observation, headers } = await getObservation(
          db.reader,
          { ...params, accountId: account.id },
          params.observationId,
        );
        return ok(toWire(observation.id, observation), headers);
      },
    }),
    route({
      operation: 'PatchProfileObservation',
      surface: 'memoryData',
      method: 'PATCH',
      path: item,
      summary: 'Change an observation',
      params: ObservationPath,
      body: ObservationPatch,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params, body }) => {
        await patchObservation(
          context,
          { ...params, accountId: account.id },
          params.observationId,
          toChanges(body),
        );
        return accepted({ message: 'Observation change accepted.' });
      },
    }),
    route({
      operation: 'DeleteProfileObservation',
      surface: 'memoryData',
      method: 'DELETE',
      path: item,
      summary: 'Delete an observation for good',
      params: ObservationPath,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params }) => {
        await deleteObservation(context, { ...params, accountId: account.id }, params.observationId);
        return accepted({ message: 'Observation removal accepted.' });
      },
    }),
    route({
      operation: 'ListObservationRevisions',
      surface: 'memoryData',
      method: 'GET',
      path: `${item}/Revisions`,
      summary: 'List states of an observation, newest first',
      params: ObservationPath,
      query: Type.Object(pageParameters),
      replies: { 200: RevisionList },
      handle: async ({ account, params, query }) => {
        const { observation, headers } = await getObservation(
          db.reader,
          { ...params, accountId: account.id },
          params.observationId,
        );
        const scope = [observation.id];
        // This list has one order; a parameter that it does not have changes nothing.
        const request = toPageRequest(revisionList, { ...query, orderBy: 'DESC' }, scope);
        const page = await listRevisions(db.reader, observation.profile_id, observation.id, request);
        if (page.items.length === 0 && !request.cursor)
          throw errors.notFound('Observation', params.observationId);
        return ok(
          toPageBody(revisionList, page, request, scope, (state) => toWire(observation.id, state)),
          headers,
        );
      },
    }),
  ];
}

/** What older clients parse from the answer to a bare observation. */
function echo({ content, source, occurredAt, conversationIds }: ObservationDraft) {
  return { content, source, occurredAt: toTimestamp(occurredAt), conversationIds };
}
