import { errors } from '../../errors/index.ts';
import type { ProfileIdentifierRow, Reader, Tx } from '../../storage/index.ts';
import { findAlikeValues, insertGrams } from './fuzzy.store.ts';
import { similarity } from './fuzzy.ts';
import {
  deleteIdentifier,
  findProfilesWith,
  type IdentifierValue,
  insertIdentifiers,
  listIdentifierRows,
} from './identifier.store.ts';
import { findNextPositions } from './identifier-batch.store.ts';
import { typesOf } from './identity-rules.ts';
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

/** A profile that a rule holds for. */
export interface Match {
  readonly profileId: string;
  readonly rule: string;
  /** The values, of those that were asked about, that the rule looked at. */
  readonly values: readonly IdentifierValue[];
}

/**
 * Profiles that the values point to, by the store's rules (memory-semantics section 4). A rule holds for a profile that has a
 * value of each of its types, equal or, where the type is fuzzy, alike; any rule that holds is a match. A value of a type
 * that does not enforce uniqueness never matches by itself.
 */
export async function findMatches(
  reader: Reader,
  storeId: string,
  settings: IdentitySettings,
  values: readonly IdentifierValue[],
): Promise<Match[]> {
  const matches: Match[] = [];
  for (const rule of settings.matchingRules) {
    const configs = typesOf(rule).flatMap((type) =>
      settings.identifierConfigs.filter(({ idType }) => idType === type),
    );
    if (configs.length === 1 && !configs[0]?.enforceUnique) continue;
    const conjunction = [];
    for (const config of configs) {
      conjunction.push({
        idType: config.idType,
        values: await soughtValues(reader, storeId, config, values),
      });
    }
    const types = configs.map(({ idType }) => idType);
    const by = values.filter(({ idType }) => types.includes(idType));
    for (const profileId of await findProfilesWith(reader, storeId, conjunction, ownersMax))
      matches.push({ profileId, rule, values: by });
  }
  return matches;
}

/** The values of the type and, where it is fuzzy, the stored values that are alike enough. */
async function soughtValues(
  reader: Reader,
  storeId: string,
  { idType, matchingAlgo, matchingThreshold }: IdentifierConfig,
  values: readonly IdentifierValue[],
): Promise<string[]> {
  const given = values.filter((value) => value.idType === idType).map(({ value }) => value);
  if (matchingAlgo === 'exact') return given;
  const sought = new Set(given);
  for (const value of given) {
    for (const alike of await findAlikeValues(reader, storeId, { idType, value })) {
      if (similarity(value, alike) >= matchingThreshold) sought.add(alike);
    }
  }
  return [...sought];
}

/** Values that a profile gets. */
export interface IdentifierAddition {
  readonly profileId: string;
  /** Made in this transaction, and without values until now. */
  readonly isNew: boolean;
  readonly values: readonly IdentifierValue[];
}

/** Adds values to a profile and cuts each type to its limit (memory-semantics section 7). */
export async function addIdentifiers(
  tx: Tx,
  ref: { accountId: string; storeId: string },
  settings: IdentitySettings,
  addition: IdentifierAddition,
  addedAt: number,
): Promise<void> {
  const { profileId, isNew, values } = addition;
  await insertIdentifiers(tx, await toIdentifierRows(tx, ref, settings, [addition], addedAt));
  for (const value of values) {
    if (getIdentifierConfig(settings, value.idType).matchingAlgo === 'fuzzy')
      await insertGrams(tx, { ...ref, profileId }, value);
  }
  if (!isNew || values.length > smallestLimitOf(settings)) await cutToLimits(tx, profileId, settings);
}

/** A new profile with no more values than this has too many of no type. */
export function smallestLimitOf({ identifierConfigs }: IdentitySettings): number {
  return Math.min(...identifierConfigs.map(({ limit }) => limit));
}

/** Rows in the order of arrival, also after values that came within the same millisecond. */
export async function toIdentifierRows(
  reader: Reader,
  { accountId, storeId }: { accountId: string; storeId: string },
  settings: IdentitySettings,
  additions: readonly IdentifierAddition[],
  addedAt: number,
): Promise<ProfileIdentifierRow[]> {
  const known = additions.filter(({ isNew }) => !isNew).map(({ profileId }) => profileId);
  const next = await findNextPositions(reader, known, addedAt);
  return additions.flatMap(({ profileId, values }) =>
    values.map(({ idType, value }, at) => ({
      account_id: accountId,
      store_id: storeId,
      profile_id: profileId,
      id_type: idType,
      value,
      added_at: addedAt,
      position: (next.get(profileId) ?? 0) + at,
      exclusive: getIdentifierConfig(settings, idType).enforceUnique ? (1 as const) : (0 as const),
    })),
  );
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
