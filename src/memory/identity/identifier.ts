import { errors } from '../../errors/index.ts';
import type { Reader, Tx } from '../../storage/index.ts';
import {
  deleteIdentifier,
  findOwners,
  type IdentifierValue,
  insertIdentifiers,
  listIdentifierRows,
} from './identifier.store.ts';
import type { IdentifierConfig, IdentitySettings } from './identity-settings.ts';
import { normalize } from './normalize.ts';

/** Profiles looked at for one value: the contract's bound on a lookup. */
export const ownersMax = 100;

/** The configuration of an identifier type; 400 when the store has none of that name. */
export function getIdentifierConfig(settings: IdentitySettings, idType: string): IdentifierConfig {
  const config = settings.identifierConfigs.find((candidate) => candidate.idType === idType);
  if (!config) throw errors.invalid('idType', `${idType} is not an identifier type of this store`);
  return config;
}

/** The value in its normal form; 400 naming `member` when it is not one of its kind. */
export function normalizeIdentifierOrThrow(
  settings: IdentitySettings,
  idType: string,
  value: string,
  member: string,
): IdentifierValue {
  const config = getIdentifierConfig(settings, idType);
  const normal = normalize(value, config.normalization);
  if (normal === undefined) throw errors.invalid(member, `is not a valid ${idType}`);
  return { idType, value: normal };
}

/**
 * Profiles that one of the values points to, by the store's rules: any rule that holds is a match, and a value of a type
 * that does not enforce uniqueness never matches by itself (memory-semantics section 4).
 */
export async function findMatches(
  reader: Reader,
  storeId: string,
  settings: IdentitySettings,
  values: readonly IdentifierValue[],
): Promise<string[]> {
  const matches = new Set<string>();
  for (const rule of settings.matchingRules) {
    const config = settings.identifierConfigs.find(({ idType }) => idType === rule);
    if (!config?.enforceUnique) continue;
    for (const value of values.filter(({ idType }) => idType === rule)) {
      for (const owner of await findOwners(reader, storeId, value, ownersMax)) matches.add(owner);
    }
  }
  return [...matches].sort();
}

/** Adds values to a profile and cuts each type to its limit (memory-semantics section 7). */
export async function addIdentifiers(
  tx: Tx,
  ref: { accountId: string; storeId: string; profileId: string },
  settings: IdentitySettings,
  values: readonly IdentifierValue[],
  addedAt: number,
): Promise<void> {
  await insertIdentifiers(
    tx,
    values.map(({ idType, value }, position) => ({
      account_id: ref.accountId,
      store_id: ref.storeId,
      profile_id: ref.profileId,
      id_type: idType,
      value,
      added_at: addedAt,
      position,
      exclusive: getIdentifierConfig(settings, idType).enforceUnique ? 1 : 0,
    })),
  );
  await cutToLimits(tx, ref.profileId, settings);
}

/** fifo drops the oldest values of a type, lifo the newest. */
export async function cutToLimits(tx: Tx, profileId: string, settings: IdentitySettings): Promise<void> {
  const rows = await listIdentifierRows(tx, profileId);
  for (const { idType, limit, limitPolicy } of settings.identifierConfigs) {
    const values = rows.filter((row) => row.id_type === idType).map((row) => row.value);
    const excess =
      limitPolicy === 'fifo' ? values.slice(0, Math.max(0, values.length - limit)) : values.slice(limit);
    for (const value of excess) await deleteIdentifier(tx, profileId, { idType, value });
  }
}
