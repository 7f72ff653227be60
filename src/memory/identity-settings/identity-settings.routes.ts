import { ok, type Route, route } from '../../http/index.ts';
import { MemoryOperationAccepted, memoryOperationAccepted } from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { getVersionedSettings } from '../identity/index.ts';
import { getStore, StorePath } from '../stores/index.ts';
import { putIdentitySettings, settingsTag } from './identity-settings.ts';
import { IdentitySettingsPut, IdentitySettingsReply, toWire } from './identity-settings.wire.ts';

const path = '/v1/ControlPlane/Stores/:storeId/IdentityResolutionSettings';

export function identitySettingsRoutes(context: Context): Route[] {
  return [
    route({
      operation: 'FetchIdentityResolutionSettings',
      surface: 'memoryControl',
      method: 'GET',
      path,
      summary: 'Read identity settings',
      params: StorePath,
      replies: { 200: IdentitySettingsReply },
      handle: async ({ account, params }) => {
        const store = await getStore(context.db.reader, account.id, params.storeId);
        const { settings, version } = await getVersionedSettings(context.db.reader, store.id);
        return ok(toWire(settings, version), { ETag: settingsTag(store.id, version) });
      },
    }),
    route({
      operation: 'UpdateIdentityResolutionSettings',
      surface: 'memoryControl',
      method: 'PUT',
      path,
      summary: 'Replace identity settings',
      params: StorePath,
      body: IdentitySettingsPut,
      replies: { 202: MemoryOperationAccepted },
      handle: async ({ account, params, body, headers, origin }) => {
        const target = { accountId: account.id, storeId: params.storeId, ifMatch: headers['if-match'] };
        const operation = await putIdentitySettings(context, target, body);
        return memoryOperationAccepted(operation, origin, 'Identity settings accepted.');
      },
    }),
  ];
}
