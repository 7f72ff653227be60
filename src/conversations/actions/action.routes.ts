import { accepted, ok, type Route, route } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { ConversationPath } from '../conversations/index.ts';
import { createAction, getAction } from './action.ts';
import { ActionCreate, ActionPath, ActionReply, toWire } from './action.wire.ts';

const collection = '/v2/Conversations/:conversationId/Actions';

export function actionRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'CreateConversationAction',
      surface: 'conversations',
      method: 'POST',
      path: collection,
      summary: 'Send a message; poll the action for what became of it',
      params: ConversationPath,
      body: ActionCreate,
      replies: { 202: ActionReply },
      handle: async ({ account, requestId, params, body }) => {
        const ref = { accountId: account.id, conversationId: params.conversationId };
        return accepted(toWire(await createAction({ ...context, requestId }, ref, body)));
      },
    }),
    route({
      operation: 'FetchConversationAction',
      surface: 'conversations',
      method: 'GET',
      path: `${collection}/:actionId`,
      summary: 'Fetch an action',
      params: ActionPath,
      replies: { 200: ActionReply },
      handle: async ({ account, params }) => {
        const ref = { accountId: account.id, conversationId: params.conversationId };
        return ok(toWire(await getAction(context.db.reader, ref, params.actionId)));
      },
    }),
  ];
}
