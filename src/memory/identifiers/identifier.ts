import { errors, ProfileMoved } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { ProfileIdentifierRow, ProfileRow, Reader } from '../../storage/index.ts';
import { findCanonicalProfile, openForWrite, type ProfileRef } from '../access/index.ts';
import {
  deleteIdentifier,
  findOwners,
  getIdentifierConfig,
  getIdentitySettings,
  type IdentifierValue,
  type IdentitySettings,
  listIdentifierRows,
  normalizeIdentifierOrThrow,
  ownersMax,
  typesOf,
} from '../identity/index.ts';
import { lockIdentity, resolveIdentity } from '../profiles/index.ts';
import { getActiveStore } from '../stores/index.ts';

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;

/** Values of one type, in the order in which they were added. */
export interface IdentifierSet {
  readonly idType: string;
  readonly values: readonly string[];
}

/** The values of a profile by type. A merged profile is a 301, since these reads have no header for the survivor. */
export async function getIdentifierSets(reader: Reader, ref: ProfileRef): Promise<IdentifierSet[]> {
  await getActiveStore(reader, ref.accountId, ref.storeId);
  const profile = await findCanonicalProfile(reader, ref);
  if (!profile) throw errors.notFound('Profile', ref.profileId);
  if (profile.id !== ref.profileId) throw new ProfileMoved(ref.profileId, profile.id);
  const rows = await listIdentifierRows(reader, profile.id);
  const byType = Map.groupBy(rows, (row) => row.id_type);
  return [...byType].map(([idType, values]) => ({ idType, values: values.map((row) => row.value) }));
}

/** The values of one type; 404 when the profile has none. */
export async function getIdentifierSet(
  reader: Reader,
  ref: ProfileRef,
  idType: string,
): Promise<IdentifierSet> {
  const sets = await getIdentifierSets(reader, ref);
  const found = sets.find((set) => set.idType === idType);
  if (!found) throw errors.notFound('Identifier', idType);
  return found;
}

/** Adds a value. One that another profile holds merges the two when the store's rules say so (memory-semantics section 7). */
export async function addIdentifier(
  context: WriteContext,
  ref: ProfileRef,
  { idType, value }: IdentifierValue,
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const settings = await getSettings(tx, ref);
    const normal = normalizeIdentifierOrThrow(settings, idType, value, 'value');
    await lockIdentity(tx, context, ref.storeId, settings, [normal]);
    const profile = await openForWrite(tx, context, ref);
    await resolveIdentity(tx, context, ref, settings, { values: [normal], self: profile.id });
  });
}

/** Puts a new value in place of one that the profile has. */
export async function replaceIdentifier(
  context: WriteContext,
  ref: ProfileRef,
  idType: string,
  change: { readonly idType: string; readonly oldValue: string; readonly newValue: string },
): Promise<void> {
  if (change.idType !== idType) throw errors.invalid('idType', 'must be the type that the path names');
  await context.db.transaction(async (tx) => {
    const settings = await getSettings(tx, ref);
    const before = normalizeIdentifierOrThrow(settings, idType, change.oldValue, 'oldValue');
    const after = normalizeIdentifierOrThrow(settings, idType, change.newValue, 'newValue');
    await lockIdentity(tx, context, ref.storeId, settings, [after]);
    const profile = await openForWrite(tx, context, ref);
    const rows = await listIdentifierRows(tx, profile.id);
    if (!rows.some((row) => isValue(row, before))) throw errors.notFound('Identifier', idType);
    if (before.value === after.value) return;
    await assertFree(tx, ref.storeId, settings, after, profile);
    await deleteIdentifier(tx, profile.id, before);
    await resolveIdentity(tx, context, ref, settings, { values: [after], self: profile.id });
  });
}

/**
 * Removes every value of a type, or the one that would go first when the type is over its limit; 404 when there is none. The
 * values of a type that the settings no longer have can still be removed.
 */
export async function removeIdentifier(
  context: WriteContext,
  ref: ProfileRef,
  idType: string,
  { removeAll }: { removeAll: boolean },
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const { identifierConfigs } = await getSettings(tx, ref);
    const config = identifierConfigs.find((candidate) => candidate.idType === idType);
    const profile = await openForWrite(tx, context, ref);
    const rows = (await listIdentifierRows(tx, profile.id)).filter((row) => row.id_type === idType);
    if (rows.length === 0) throw errors.notFound('Identifier', idType);
    const one = config?.limitPolicy === 'lifo' ? rows.slice(-1) : rows.slice(0, 1);
    for (const { value } of removeAll ? rows : one) await deleteIdentifier(tx, profile.id, { idType, value });
  });
}

async function getSettings(reader: Reader, ref: ProfileRef): Promise<IdentitySettings> {
  await getActiveStore(reader, ref.accountId, ref.storeId);
  return getIdentitySettings(reader, ref.storeId);
}

/** 409 when the value is another profile's and no rule would merge the two. */
async function assertFree(
  reader: Reader,
  storeId: string,
  settings: IdentitySettings,
  value: IdentifierValue,
  profile: ProfileRow,
): Promise<void> {
  const { enforceUnique } = getIdentifierConfig(settings, value.idType);
  const isMatched = settings.matchingRules.some((rule) => typesOf(rule).join() === value.idType);
  if (!enforceUnique || isMatched) return;
  const owner = (await findOwners(reader, storeId, value, ownersMax)).find(
    (profileId) => profileId !== profile.id,
  );
  if (owner) throw errors.conflict('newValue: belongs to another profile', owner);
}

function isValue(row: ProfileIdentifierRow, { idType, value }: IdentifierValue): boolean {
  return row.id_type === idType && row.value === value;
}
