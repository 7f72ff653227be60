import { created, ok, type Route, route, toPageBody, toPageRequest } from '../../http/index.ts';
import {
  ConversationsOperationAccepted,
  conversationsOperationAccepted,
  readIdempotency,
} from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { toCallbacks } from '../configurations/index.ts';
import { changeConversation, createConversation, listConversations } from './conversation.ts';
import {
  ConversationCreate,
  ConversationItemPath,
  ConversationList,
  ConversationPatch,
  ConversationQuery,
  ConversationReply,
  ConversationUpdate,
  conversationList,
  toStatuses,
  toWire,
} from './conversation.wire.ts';
import { getConversation } from './conversation-state.ts';
import { deleteConversation } from './deletion.ts';

const collection = '/v2/Conversations';
const item = `${collection}/:id`;

export function conversationRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'ListConversationByAccount',
      surface: 'conversations',
      method: 'GET',
      path: collection,
      summary: 'List conversations',
      query: ConversationQuery,
      replies: { 200: ConversationList },
      handle: async ({ account, query }) => {
        const statuses = toStatuses(query.status);
        const scope = [account.id, statuses, query.channelId];
        const request = toPageRequest(conversationList, query, scope);
        const filter = { accountId: account.id, statuses, channelId: query.channelId };
        const page = await listConversations(context.db.reader, filter, request);
        return ok(toPageBody(conversationList, page, request, scope, toWire, 'onPage'));
      },
    }),
    route({
      operation: 'CreateConversationWithConfig',
      surface: 'conversations',
      method: 'POST',
      path: collection,
      summary: 'Create a conversation',
      body: ConversationCreate,
      replies: { 201: ConversationReply },
      handle: async ({ account, requestId, body }) =>
        created(toWire(await createConversation({ ...context, requestId }, account.id, body))),
    }),
    route({
      operation: 'FetchConversation',
      surface: 'conversations',
      method: 'GET',
      path: item,
      summary: 'Fetch a conversation',
      params: ConversationItemPath,
      replies: { 200: ConversationReply },
      handle: async ({ account, params }) => {
        const ref = { accountId: account.id, conversationId: params.id };
        return ok(toWire(await getConversation(context.db.reader, ref)));
      },
    }),
    route({
      operation: 'UpdateConversationById',
      surface: 'conversations',
      method: 'PUT',
      path: item,
      summary: 'Update a conversation',
      params: ConversationItemPath,
      body: ConversationUpdate,
      replies: { 200: ConversationReply },
      handle: async ({ account, requestId, params, body: { status, name, metadata } }) => {
        const ref = { accountId: account.id, conversationId: params.id };
        const change = {
          status,
          ...(name === undefined ? {} : { name }),
          ...(metadata === undefined ? {} : { metadata }),
        };
        return ok(toWire(await changeConversation({ ...context, requestId }, ref, change)));
      },
    }),
    route({
      operation: 'PatchConversationById',
      surface: 'conversations',
      method: 'PATCH',
      path: item,
      summary: 'Change the members that are present',
      params: ConversationItemPath,
      body: ConversationPatch,
      replies: { 200: ConversationReply },
      handle: async ({ account, requestId, params, body: { status, name, metadata, configuration } }) => {
        const ref = { accountId: account.id, conversationId: params.id };
        const callbacks = configuration?.statusCallbacks;
        const change = {
          ...(status === undefined ? {} : { status }),
          ...(name === undefined ? {} : { name }),
          ...(metadata === undefined ? {} : { metadataPatch: metadata }),
          ...(callbacks === undefined ? {} : { statusCallbacks: toCallbacks(callbacks ?? []) }),
        };
        return ok(toWire(await changeConversation({ ...context, requestId }, ref, change)));
      },
    }),
    route({
      operation: 'DeleteConversationAsync',
      surface: 'conversations',
      method: 'DELETE',
      path: item,
      summary: 'Delete a conversation and everything in it',
      params: ConversationItemPath,
      replies: { 202: ConversationsOperationAccepted },
      handle: async (request) => {
        const ref = { accountId: request.account.id, conversationId: request.params.id };
        return conversationsOperationAccepted(
          await deleteConversation(context, ref, readIdempotency(request)),
          request.origin,
        );
      },
    }),
  ];
}
