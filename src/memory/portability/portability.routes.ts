import { ok, type Route, route } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import { ProfilePath } from '../access/index.ts';
import type { ProfileMentions } from '../stores/index.ts';
import { exportProfile } from './export.ts';
import { ProfileDocument } from './profile-document.ts';

export function portabilityRoutes(context: Context, mentions: ProfileMentions): Route[] {
  return [
    route({
      operation: 'ExportProfile',
      surface: 'rapport',
      method: 'GET',
      path: '/rapport/v1/Stores/:storeId/Profiles/:profileId/Export',
      summary: 'Everything held about a profile, one JSON document',
      params: ProfilePath,
      replies: { 200: ProfileDocument },
      handle: async ({ account, params }) =>
        ok(await exportProfile(context, mentions, { ...params, accountId: account.id })),
    }),
  ];
}
