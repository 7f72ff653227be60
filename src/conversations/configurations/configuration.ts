import { assertTargetsAllowed } from '../../callbacks/index.ts';
import { errors } from '../../errors/index.ts';
import { isKnownStore } from '../../memory/index.ts';
import { completeOperation, type Idempotency, type Operation, once } from '../../operations/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { Reader, Tx } from '../../storage/index.ts';
import {
  countConfigurations,
  deleteConfigurationRow,
  findConfiguration,
  findConfigurationHolding,
  insertConfiguration,
  stampConfigurations,
  updateConfigurationRow,
} from './configuration.store.ts';
import type { ConfigurationCreate, ConfigurationPatch, ConfigurationReplace } from './configuration.wire.ts';
import {
  type Configuration,
  type ConfigurationSettings,
  patchSettings,
  replaceSettings,
  toSettings,
} from './configuration-settings.ts';

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids' | 'limits'>;

/** Who writes, and the `Idempotency-Key` of the request. */
export interface ConfigurationWrite {
  readonly accountId: string;
  readonly idempotency: Idempotency | undefined;
}

/** The configuration of this account; 404 when there is none. */
export async function getConfiguration(
  reader: Reader,
  accountId: string,
  id: string,
): Promise<Configuration> {
  const configuration = await findConfiguration(reader, accountId, id);
  if (!configuration) throw errors.notFound('Configuration', id);
  return configuration;
}

/** Creates a configuration; 409 when its display name or bridge service is taken, 400 when the account has as many as it may. */
export async function createConfiguration(
  context: WriteContext,
  write: ConfigurationWrite,
  draft: ConfigurationCreate,
): Promise<Operation> {
  assertCallable(context, draft);
  return writeOnce(context, write, 'create', async (tx) => {
    const now = context.clock.now();
    const configuration: Configuration = {
      id: context.ids.next('configuration'),
      accountId: write.accountId,
      version: 1,
      createdAt: now,
      updatedAt: now,
      settings: toSettings(draft),
    };
    await assertAcceptable(tx, configuration, undefined);
    await assertRoom(tx, context, write.accountId);
    await insertConfiguration(tx, configuration);
    return configuration.id;
  });
}

/** Replaces a configuration. Conversations keep the settings they were created with. */
export async function replaceConfiguration(
  context: WriteContext,
  write: ConfigurationWrite,
  id: string,
  body: ConfigurationReplace,
): Promise<Operation> {
  assertCallable(context, body);
  return writeOnce(context, write, 'replace', (tx) =>
    changeSettings(tx, context, { accountId: write.accountId, id }, (current) =>
      replaceSettings(current, body),
    ),
  );
}

/** Changes the members that the patch names; one that names none leaves the version as it is. */
export async function patchConfiguration(
  context: WriteContext,
  write: ConfigurationWrite,
  id: string,
  patch: ConfigurationPatch,
): Promise<Operation> {
  assertCallable(context, patch);
  return writeOnce(context, write, 'patch', (tx) =>
    changeSettings(tx, context, { accountId: write.accountId, id }, (current) =>
      Object.keys(patch).length === 0 ? current : patchSettings(current, patch),
    ),
  );
}

/** Removes a configuration. Its conversations live on with the settings they were created with. */
export async function deleteConfiguration(
  context: WriteContext,
  write: ConfigurationWrite,
  id: string,
): Promise<Operation> {
  return writeOnce(context, write, 'delete', async (tx) => {
    await getConfiguration(tx, write.accountId, id);
    await deleteConfigurationRow(tx, write.accountId, id);
    return id;
  });
}

function assertCallable(
  { limits }: Pick<Context, 'limits'>,
  { statusCallbacks }: Pick<ConfigurationPatch, 'statusCallbacks'>,
): void {
  assertTargetsAllowed(limits, 'statusCallbacks', statusCallbacks ?? []);
}

/** One write of a configuration at a time per account: names and bridges are decided then. */
async function writeOnce(
  context: WriteContext,
  { accountId, idempotency }: ConfigurationWrite,
  verb: 'create' | 'replace' | 'patch' | 'delete',
  work: (tx: Tx) => Promise<string>,
): Promise<Operation> {
  return context.db.transaction((tx) =>
    once(tx, context, { accountId, idempotency }, async () => {
      await context.db.lock(tx, `configurations:${accountId}`);
      const configurationId = await work(tx);
      const operation = await completeOperation(tx, context, {
        accountId,
        api: 'conversations',
        kind: `configuration.${verb}`,
        resultId: configurationId,
        related: { configurationId },
        idempotency,
      });
      await stampConfigurations(tx, accountId, operation.id);
      return operation;
    }),
  );
}

async function changeSettings(
  tx: Tx,
  { clock }: Pick<Context, 'clock'>,
  { accountId, id }: { accountId: string; id: string },
  change: (current: ConfigurationSettings) => ConfigurationSettings,
): Promise<string> {
  const current = await getConfiguration(tx, accountId, id);
  const settings = change(current.settings);
  if (settings === current.settings) return id;
  const changed = { ...current, settings, version: current.version + 1, updatedAt: clock.now() };
  await assertAcceptable(tx, changed, current.settings);
  await updateConfigurationRow(tx, changed);
  return id;
}

async function assertRoom(tx: Tx, { limits }: Pick<Context, 'limits'>, accountId: string): Promise<void> {
  const { configurationsMax } = limits;
  if (!Number.isFinite(configurationsMax)) return;
  if ((await countConfigurations(tx, accountId)) >= configurationsMax) {
    throw errors.tooManyConfigurations(configurationsMax);
  }
}

/** What only the database knows: the memory store exists, and the display name and the bridge service are free. */
async function assertAcceptable(
  tx: Tx,
  { id, accountId, settings }: Configuration,
  previous: ConfigurationSettings | undefined,
): Promise<void> {
  const { displayName, memoryStoreId, conversationsV1Bridge } = settings;
  if (memoryStoreId !== previous?.memoryStoreId && !(await isKnownStore(tx, accountId, memoryStoreId))) {
    throw errors.invalid('memoryStoreId', 'is not a memory store of this account');
  }
  await assertFree(
    tx,
    accountId,
    { column: 'display_name', value: displayName, exceptId: id },
    'displayName',
  );
  if (conversationsV1Bridge) {
    const claim = {
      column: 'bridge_service_id',
      value: conversationsV1Bridge.serviceId,
      exceptId: id,
    } as const;
    await assertFree(tx, accountId, claim, 'conversationsV1Bridge.serviceId');
  }
}

async function assertFree(
  tx: Tx,
  accountId: string,
  claim: Parameters<typeof findConfigurationHolding>[2],
  name: string,
): Promise<void> {
  const holder = await findConfigurationHolding(tx, accountId, claim);
  if (holder) throw errors.conflict(`${name}: is in use by another configuration`, holder);
}
