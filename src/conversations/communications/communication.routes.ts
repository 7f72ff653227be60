import Type from 'typebox';
import { created, ok, type Route, route, toPageBody, toPageRequest } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { ConversationPath } from '../conversations/index.ts';
import { getCommunication, listCommunications, recordCommunication } from './communication.ts';
import {
  CommunicationCreate,
  CommunicationList,
  CommunicationQuery,
  CommunicationReply,
  communicationBodyMaxBytes,
  communicationList,
  toWire,
} from './communication.wire.ts';

const collection = '/v2/Conversations/:conversationId/Communications';
const item = `${collection}/:id`;
const ItemPath = Type.Object({ ...ConversationPath.properties, id: Type.String() });

export function communicationRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'ListCommunicationByConversation',
      surface: 'conversations',
      method: 'GET',
      path: collection,
      summary: 'List communications',
      params: ConversationPath,
      query: CommunicationQuery,
      replies: { 200: CommunicationList },
      handle: async ({ account, params, query }) => {
        const { conversationId } = params;
        const scope = [account.id, conversationId, query.channelId];
        const request = toPageRequest(communicationList, query, scope);
        const filter = { accountId: account.id, conversationId, channelId: query.channelId };
        const page = await listCommunications(context.db.reader, filter, request);
        return ok(toPageBody(communicationList, page, request, scope, toWire, 'onPage'));
      },
    }),
    route({
      operation: 'CreateCommunicationInConversation',
      surface: 'conversations',
      method: 'POST',
      path: collection,
      summary: 'Record a communication; nothing is sent',
      params: ConversationPath,
      body: CommunicationCreate,
      bodyMaxBytes: communicationBodyMaxBytes,
      replies: { 201: CommunicationReply },
      handle: async ({ account, requestId, params, body }) => {
        const ref = { accountId: account.id, conversationId: params.conversationId };
        return created(toWire(await recordCommunication({ ...context, requestId }, ref, body)));
      },
    }),
    route({
      operation: 'FetchCommunication',
      surface: 'conversations',
      method: 'GET',
      path: item,
      summary: 'Fetch a communication',
      params: ItemPath,
      replies: { 200: CommunicationReply },
      handle: async ({ account, params }) => {
        const ref = { accountId: account.id, conversationId: params.conversationId };
        return ok(toWire(await getCommunication(context.db.reader, ref, params.id)));
      },
    }),
  ];
}
