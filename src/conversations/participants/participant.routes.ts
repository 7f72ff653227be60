import Type from 'typebox';
import {
  created,
  ok,
  pageParameters,
  type Route,
  route,
  toPageBody,
  toPageRequest,
} from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { ConversationPath } from '../conversations/index.ts';
import { createParticipant, getParticipant, listParticipants, replaceParticipant } from './participant.ts';
import {
  ParticipantCreate,
  ParticipantInput,
  ParticipantList,
  ParticipantReply,
  participantList,
  toWire,
} from './participant.wire.ts';

const collection = '/v2/Conversations/:conversationId/Participants';
const item = `${collection}/:id`;
const ItemPath = Type.Object({ ...ConversationPath.properties, id: Type.String() });

export function participantRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'ListParticipantByConversation',
      surface: 'conversations',
      method: 'GET',
      path: collection,
      summary: 'List participants',
      params: ConversationPath,
      query: Type.Object(pageParameters),
      replies: { 200: ParticipantList },
      handle: async ({ account, params, query }) => {
        const ref = { accountId: account.id, conversationId: params.conversationId };
        const scope = [account.id, params.conversationId];
        const request = toPageRequest(participantList, query, scope);
        const page = await listParticipants(context.db.reader, ref, request);
        return ok(toPageBody(participantList, page, request, scope, toWire, 'onPage'));
      },
    }),
    route({
      operation: 'CreateParticipantInConversation',
      surface: 'conversations',
      method: 'POST',
      path: collection,
      summary: 'Add a participant',
      params: ConversationPath,
      body: ParticipantCreate,
      replies: { 201: ParticipantReply },
      handle: async ({ account, requestId, params, body }) => {
        const ref = { accountId: account.id, conversationId: params.conversationId };
        return created(toWire(await createParticipant({ ...context, requestId }, ref, body)));
      },
    }),
    route({
      operation: 'FetchParticipant',
      surface: 'conversations',
      method: 'GET',
      path: item,
      summary: 'Fetch a participant',
      params: ItemPath,
      replies: { 200: ParticipantReply },
      handle: async ({ account, params }) => {
        const ref = { accountId: account.id, conversationId: params.conversationId };
        return ok(toWire(await getParticipant(context.db.reader, ref, params.id)));
      },
    }),
    route({
      operation: 'UpdateParticipantInConversation',
      surface: 'conversations',
      method: 'PUT',
      path: item,
      summary: 'Replace a participant; members left out are cleared',
      params: ItemPath,
      body: ParticipantInput,
      replies: { 200: ParticipantReply },
      handle: async ({ account, requestId, params, body }) => {
        const ref = { accountId: account.id, conversationId: params.conversationId };
        return ok(toWire(await replaceParticipant({ ...context, requestId }, ref, params.id, body)));
      },
    }),
  ];
}
