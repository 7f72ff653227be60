import {
  decodeJson,
  encodeJson,
  type IdentitySettingsRow,
  type Reader,
  type StoreRow,
  type Tx,
} from '../../storage/index.ts';
import { defaultIdentitySettings, type IdentitySettings } from './identity-settings.ts';

/** Gives a new store its default settings. */
export async function provisionIdentitySettings(
  tx: Tx,
  store: Pick<StoreRow, 'account_id' | 'id'>,
): Promise<void> {
  const row: IdentitySettingsRow = {
    account_id: store.account_id,
    store_id: store.id,
    settings_json: encodeJson(defaultIdentitySettings),
    version: 1,
  };
  await tx.insertInto('identity_settings').values(row).execute();
}

/** The settings with their version. */
export async function getVersionedSettings(
  reader: Reader,
  storeId: string,
): Promise<{ settings: IdentitySettings; version: number }> {
  const row = await reader
    .selectFrom('identity_settings')
    .select(['settings_json', 'version'])
    .where('store_id', '=', storeId)
    .executeTakeFirstOrThrow();
  return { settings: decodeJson<IdentitySettings>(row.settings_json), version: row.version };
}

export async function updateIdentitySettings(
  tx: Tx,
  storeId: string,
  { settings, version }: { settings: IdentitySettings; version: number },
): Promise<void> {
  await tx
    .updateTable('identity_settings')
    .set({ settings_json: encodeJson(settings), version })
    .where('store_id', '=', storeId)
    .execute();
}

export async function getIdentitySettings(reader: Reader, storeId: string): Promise<IdentitySettings> {
  return (await getVersionedSettings(reader, storeId)).settings;
}
