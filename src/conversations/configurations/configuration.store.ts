import {
  type ConfigurationRow,
  decodeJson,
  encodeJson,
  fetchPage,
  type Page,
  type PageRequest,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import type { Configuration, ConfigurationSettings } from './configuration-settings.ts';

export async function insertConfiguration(tx: Tx, configuration: Configuration): Promise<void> {
  await tx.insertInto('configurations').values(toRow(configuration)).execute();
}

export async function findConfiguration(
  reader: Reader,
  accountId: string,
  id: string,
): Promise<Configuration | undefined> {
  const row = await reader
    .selectFrom('configurations')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Id of the configuration, other than `exceptId`, that has the display name or the bridge service already. */
export async function findConfigurationHolding(
  reader: Reader,
  accountId: string,
  claim: { column: 'display_name' | 'bridge_service_id'; value: string; exceptId: string },
): Promise<string | undefined> {
  const row = await reader
    .selectFrom('configurations')
    .select('id')
    .where('account_id', '=', accountId)
    .where(claim.column, '=', claim.value)
    .where('id', '<>', claim.exceptId)
    .executeTakeFirst();
  return row?.id;
}

export async function countConfigurations(reader: Reader, accountId: string): Promise<number> {
  const row = await reader
    .selectFrom('configurations')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function listConfigurationRows(
  reader: Reader,
  filter: { accountId: string; memoryStoreId: string | undefined },
  page: PageRequest,
): Promise<Page<Configuration>> {
  let query = reader.selectFrom('configurations').selectAll().where('account_id', '=', filter.accountId);
  if (filter.memoryStoreId !== undefined) query = query.where('memory_store_id', '=', filter.memoryStoreId);
  const rows = await fetchPage(query, ['id'], page);
  return { ...rows, items: rows.items.map(fromRow) };
}

export async function updateConfigurationRow(tx: Tx, configuration: Configuration): Promise<void> {
  const { account_id, id, ...changes } = toRow(configuration);
  await tx
    .updateTable('configurations')
    .set(changes)
    .where('account_id', '=', account_id)
    .where('id', '=', id)
    .execute();
}

export async function deleteConfigurationRow(tx: Tx, accountId: string, id: string): Promise<void> {
  await tx.deleteFrom('configurations').where('account_id', '=', accountId).where('id', '=', id).execute();
}

/** All configurations of the account, oldest first. */
export async function listAllConfigurations(reader: Reader, accountId: string): Promise<Configuration[]> {
  const rows = await reader
    .selectFrom('configurations')
    .selectAll()
    .where('account_id', '=', accountId)
    .orderBy('id')
    .execute();
  return rows.map(fromRow);
}

/** Marks that a configuration of the account was written; a stamp is never used twice. */
export async function stampConfigurations(tx: Tx, accountId: string, stamp: string): Promise<void> {
  await tx
    .insertInto('configuration_stamps')
    .values({ account_id: accountId, stamp })
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ stamp }))
    .execute();
}

/** The mark of the last write; undefined before the first. While it is the same, so are all configurations. */
export async function findConfigurationStamp(reader: Reader, accountId: string): Promise<string | undefined> {
  const row = await reader
    .selectFrom('configuration_stamps')
    .select('stamp')
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row?.stamp;
}

function toRow({ id, accountId, version, createdAt, updatedAt, settings }: Configuration): ConfigurationRow {
  return {
    account_id: accountId,
    id,
    display_name: settings.displayName,
    settings_json: encodeJson(settings),
    memory_store_id: settings.memoryStoreId,
    bridge_service_id: settings.conversationsV1Bridge?.serviceId ?? null,
    version,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}

function fromRow(row: ConfigurationRow): Configuration {
  return {
    id: row.id,
    accountId: row.account_id,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    settings: decodeJson<ConfigurationSettings>(row.settings_json),
  };
}
