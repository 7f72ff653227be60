import { checkIfMatch, etagOf } from '../../http/index.ts';
import { completeOperation, type Operation } from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import { getVersionedSettings, replaceSettings, updateIdentitySettings } from '../identity/index.ts';
import { getStore } from '../stores/index.ts';
import {
  type IdentitySettingsPut,
  identifierTypesMax,
  toIdentifierConfig,
} from './identity-settings.wire.ts';

/**
 * Replaces identifier types and matching rules (memory-semantics section 4). They hold for what is written from then on; what
 * was merged stays merged.
 */
export async function putIdentitySettings(
  context: Pick<Context, 'db' | 'clock' | 'ids'>,
  { accountId, storeId, ifMatch }: { accountId: string; storeId: string; ifMatch: string | undefined },
  { identifierConfigs, matchingRules }: IdentitySettingsPut,
): Promise<Operation> {
  const { db } = context;
  return db.transaction(async (tx) => {
    await db.lock(tx, `identity-settings:${storeId}`);
    await getStore(tx, accountId, storeId);
    const { version } = await getVersionedSettings(tx, storeId);
    checkIfMatch(ifMatch, settingsTag(storeId, version));
    const settings = replaceSettings(
      identifierConfigs.map(toIdentifierConfig),
      matchingRules,
      identifierTypesMax,
    );
    await updateIdentitySettings(tx, storeId, { settings, version: version + 1 });
    return completeOperation(tx, context, {
      accountId,
      api: 'memory',
      kind: 'identitySettings.update',
      resultId: storeId,
      resultPath: `/v1/ControlPlane/Stores/${storeId}/IdentityResolutionSettings`,
    });
  });
}

/** ETag of a store's settings: another than the store's own, and short enough for If-Match. */
export function settingsTag(storeId: string, version: number): string {
  return etagOf(`${storeId}/identity`, version);
}
