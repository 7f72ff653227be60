import { accepted, type Route, route } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { AcceptedMessage, ProfilePath } from '../access/index.ts';
import { createEvents } from './event.ts';
import { eventsMaxBytes, ProfileEventRequest } from './event.wire.ts';

export function eventRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'CreateProfileEvents',
      surface: 'memoryData',
      method: 'POST',
      path: '/v1/Stores/:storeId/Profiles/:profileId/Events',
      summary: 'Add events to a profile',
      params: ProfilePath,
      body: ProfileEventRequest,
      bodyMaxBytes: eventsMaxBytes,
      replies: { 202: AcceptedMessage },
      handle: async ({ account, params, body }) => {
        await createEvents(context, { ...params, accountId: account.id }, body);
        return accepted({ message: 'Events accepted.' });
      },
    }),
  ];
}
