import type { Context } from '../../runtime/context.ts';
import type { Tx } from '../../storage/index.ts';
import { profileLock } from '../access/index.ts';
import {
  addIdentifiersOfMany,
  findOwnersOfMany,
  type IdentifierValue,
  type IdentitySettings,
  type OwnedValue,
} from '../identity/index.ts';
import { applyTraitChangesOfMany } from '../traits/index.ts';
import { insertProfiles } from './profile.store.ts';
import { type StoreDefinitions, type TraitWrite, upsertProfile } from './profile.ts';
import { lockIdentity, type StoreRef } from './resolve.ts';

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;

/** A write that concerns one profile only, and no other write of its batch concerns that profile. */
interface LoneWrite extends TraitWrite {
  /** Undefined when the profile is yet to be made. */
  readonly ownerId: string | undefined;
}

/** Who owns which value, by `keyOf` the value. */
type Owners = ReadonlyMap<string, readonly string[]>;

/**
 * Does what `upsertProfile` does with one write after the other, in the caller's transaction and with a fraction of the
 * queries: writes that make a profile or update one, and have nothing to do with one another, are written together. The
 * others, such as those that merge profiles or share a value, are written one by one. Each write has a value.
 */
export async function upsertProfiles(
  tx: Tx,
  context: WriteContext,
  ref: StoreRef,
  definitions: StoreDefinitions,
  writes: readonly TraitWrite[],
): Promise<void> {
  const { settings } = definitions;
  const values = writes.flatMap((write) => write.values);
  await lockIdentity(tx, context, ref.storeId, settings, values);
  const owners = await lockOwners(tx, context, ref.storeId, values);
  const { lone, entangled } = disentangle(writes, owners, settings);
  await writeTogether(tx, context, ref, settings, lone);
  for (const write of entangled) await upsertProfile(tx, context, ref, definitions, write);
}

/** Locks the owners of the values. Until a lock was had the owner may have changed, so it looks again until not. */
async function lockOwners(
  tx: Tx,
  { db }: WriteContext,
  storeId: string,
  values: readonly IdentifierValue[],
): Promise<readonly OwnedValue[]> {
  const locked = new Set<string>();
  for (;;) {
    const owned = await findOwnersOfMany(tx, storeId, values);
    const missing = new Set(owned.map(({ profileId }) => profileId).filter((id) => !locked.has(id)));
    if (missing.size === 0) return owned;
    await db.lock(tx, ...[...missing].map(profileLock));
    for (const profileId of missing) locked.add(profileId);
  }
}

function disentangle(
  writes: readonly TraitWrite[],
  owned: readonly OwnedValue[],
  settings: IdentitySettings,
): { lone: LoneWrite[]; entangled: TraitWrite[] } {
  const owners = Map.groupBy(owned, keyOf);
  const ownersByValue: Owners = new Map(
    [...owners].map(([key, rows]) => [key, rows.map(({ profileId }) => profileId)]),
  );
  const claims = countClaims(writes, ownersByValue);
  const lone: LoneWrite[] = [];
  const entangled: TraitWrite[] = [];
  for (const write of writes) {
    const isAlone = claimsOf(write, ownersByValue).every((claim) => claims.get(claim) === 1);
    const target = isAlone ? findTarget(write, ownersByValue, settings) : undefined;
    if (target) lone.push({ ...write, ...target });
    else entangled.push(write);
  }
  return { lone, entangled };
}

/** What a write lays hands on: its values and the profiles that own them, each once. */
function claimsOf({ values }: TraitWrite, owners: Owners): string[] {
  const keys = values.map(keyOf);
  return [...new Set([...keys, ...keys.flatMap((key) => owners.get(key) ?? [])])];
}

function countClaims(writes: readonly TraitWrite[], owners: Owners): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const write of writes) {
    for (const claim of claimsOf(write, owners)) counts.set(claim, (counts.get(claim) ?? 0) + 1);
  }
  return counts;
}

/**
 * The profile that a write ends in where no rule needs to be looked at: a new one when nobody owns a value, or the only owner,
 * if by a value that is a match by itself. Undefined when identity resolution has to decide.
 */
function findTarget(
  { values }: TraitWrite,
  owners: Owners,
  { identifierConfigs, matchingRules }: IdentitySettings,
): Pick<LoneWrite, 'ownerId'> | undefined {
  const configOf = (idType: string) => identifierConfigs.find((config) => config.idType === idType);
  if (values.some(({ idType }) => configOf(idType)?.matchingAlgo !== 'exact')) return undefined;
  const ownedValues = values.filter((value) => owners.has(keyOf(value)));
  const [ownerId, ...others] = new Set(ownedValues.flatMap((value) => owners.get(keyOf(value)) ?? []));
  if (ownerId === undefined) return { ownerId };
  const isMatch = ownedValues.some(
    ({ idType }) => matchingRules.includes(idType) && configOf(idType)?.enforceUnique,
  );
  return isMatch && others.length === 0 ? { ownerId } : undefined;
}

async function writeTogether(
  tx: Tx,
  { clock, ids }: WriteContext,
  ref: StoreRef,
  settings: IdentitySettings,
  writes: readonly LoneWrite[],
): Promise<void> {
  const now = clock.now();
  const targets = writes.map(({ ownerId, ...write }) => ({
    ...write,
    profileId: ownerId ?? ids.next('profile'),
    isNew: ownerId === undefined,
  }));
  const made = targets.filter(({ isNew }) => isNew);
  await insertProfiles(
    tx,
    made.map(({ profileId }) => ({
      account_id: ref.accountId,
      store_id: ref.storeId,
      id: profileId,
      created_at: now,
      merged_into: null,
    })),
  );
  await addIdentifiersOfMany(tx, ref, settings, targets, now);
  await applyTraitChangesOfMany(tx, ref, targets, now);
}

function keyOf({ idType, value }: IdentifierValue): string {
  return `${idType}:${value}`;
}
