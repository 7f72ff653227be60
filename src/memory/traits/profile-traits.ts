import { decodeJson, encodeJson, type ProfileTraitRow, type Reader, type Tx } from '../../storage/index.ts';
import {
  deleteTrait,
  deleteTraitsOf,
  listTraitRows,
  upsertTrait,
  upsertTraits,
} from './trait-value.store.ts';
import type { TraitChange, TraitValue } from './trait-value.ts';

interface TraitOwner {
  readonly accountId: string;
  readonly storeId: string;
  readonly profileId: string;
}

/** Writes the given traits and removes those whose value is null; the others stay. */
export async function applyTraitChanges(
  tx: Tx,
  owner: TraitOwner,
  changes: readonly TraitChange[],
  now: number,
): Promise<void> {
  for (const { group, name, value } of changes) {
    if (value === null) await deleteTrait(tx, owner.profileId, group, name);
    else await upsertTrait(tx, toRow(owner, { group, name, value }, now));
  }
}

/** The same for many profiles, each named once: values are written together. */
export async function applyTraitChangesOfMany(
  tx: Tx,
  ref: Omit<TraitOwner, 'profileId'>,
  writes: readonly { readonly profileId: string; readonly changes: readonly TraitChange[] }[],
  now: number,
): Promise<void> {
  const rows: ProfileTraitRow[] = [];
  for (const { profileId, changes } of writes) {
    for (const { group, name, value } of changes) {
      if (value === null) await deleteTrait(tx, profileId, group, name);
      else rows.push(toRow({ ...ref, profileId }, { group, name, value }, now));
    }
  }
  await upsertTraits(tx, rows);
}

/** Values by group and name, as GET profile shows them. */
export async function getTraits(
  reader: Reader,
  profileId: string,
  groups?: readonly string[],
): Promise<Record<string, Record<string, TraitValue>>> {
  const traits = new Map<string, [string, TraitValue][]>();
  for (const row of await listTraitRows(reader, profileId, groups)) {
    const group = traits.get(row.trait_group) ?? [];
    traits.set(row.trait_group, [...group, [row.name, decodeJson<TraitValue>(row.value_json)]]);
  }
  return Object.fromEntries([...traits].map(([group, values]) => [group, Object.fromEntries(values)]));
}

/** Unites the traits of two profiles: for each one the newest write wins. */
export async function moveTraits(tx: Tx, fromProfileId: string, toProfileId: string): Promise<void> {
  const kept = new Map((await listTraitRows(tx, toProfileId)).map((row) => [keyOf(row), row]));
  for (const row of await deleteTraitsOf(tx, fromProfileId)) {
    const other = kept.get(keyOf(row));
    if (!other || row.updated_at > other.updated_at)
      await upsertTrait(tx, { ...row, profile_id: toProfileId });
  }
}

function keyOf(row: ProfileTraitRow): string {
  return JSON.stringify([row.trait_group, row.name]);
}

function toRow(
  { accountId, storeId, profileId }: TraitOwner,
  { group, name, value }: { group: string; name: string; value: TraitValue },
  now: number,
): ProfileTraitRow {
  return {
    account_id: accountId,
    store_id: storeId,
    profile_id: profileId,
    trait_group: group,
    name,
    value_json: encodeJson(value),
    updated_at: now,
  };
}
