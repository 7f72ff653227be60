import { ok, type Route, route, toPageBody, toPageRequest } from '../http/index.ts';
import type { Context } from '../runtime/context.ts';
import { listOutbox } from './outbox.ts';
import { OutboxList, OutboxQuery, outboxList, toWire } from './outbox.wire.ts';

export function outboxRoutes({ db }: Pick<Context, 'db'>): Route[] {
  return [
    route({
      operation: 'ListOutbox',
      surface: 'rapport',
      method: 'GET',
      path: '/rapport/v1/outbox',
      summary: 'List the messages that actions have left in the outbox; nobody has received them',
      query: OutboxQuery,
      replies: { 200: OutboxList },
      handle: async ({ account, query: { conversationId, ...paging } }) => {
        const scope = [account.id, conversationId];
        const request = toPageRequest(outboxList, paging, scope);
        const page = await listOutbox(db.reader, { accountId: account.id, conversationId }, request);
        return ok(toPageBody(outboxList, page, request, scope, toWire, 'onPage'));
      },
    }),
  ];
}
