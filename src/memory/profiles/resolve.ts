import type { Context } from '../../runtime/context.ts';
import type { Tx } from '../../storage/index.ts';
import { profileLock } from '../access/index.ts';
import {
  addIdentifiers,
  findMatches,
  findOwners,
  getIdentitySettings,
  type IdentifierValue,
  type IdentitySettings,
  type Match,
  normalize,
  ownersMax,
} from '../identity/index.ts';
import { findActiveStore } from '../stores/index.ts';
import { mergeProfiles } from './merge.ts';
import { insertProfile } from './profile.store.ts';

export interface StoreRef {
  readonly accountId: string;
  readonly storeId: string;
}

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;

/** Which profile a write ends in, and whether it was made for it. */
export interface Resolution {
  readonly profileId: string;
  readonly isNew: boolean;
}

/**
 * Identity resolution: no match makes a profile, one match is that profile, several become one. `self` counts as a match
 * when the write names a profile. The values end up with the profile; until the transaction ends, nobody else resolves them
 * or writes to it.
 */
export async function resolveIdentity(
  tx: Tx,
  context: WriteContext,
  ref: StoreRef,
  settings: IdentitySettings,
  { values, self }: { values: readonly IdentifierValue[]; self?: string },
): Promise<Resolution> {
  const { db, clock, ids } = context;
  const now = clock.now();
  await lockIdentity(tx, context, ref.storeId, settings, values);
  const matches = await lockMatches(tx, db, self, () => findMatches(tx, ref.storeId, settings, values));
  const [first, ...others] = profilesOf(matches, self);
  const profileId = first
    ? await mergeProfiles(tx, context, ref, { profileIds: [first, ...others], matches, settings })
    : ids.next('profile');
  if (!first) {
    await insertProfile(tx, {
      account_id: ref.accountId,
      store_id: ref.storeId,
      id: profileId,
      created_at: now,
      merged_into: null,
    });
  }
  await addIdentifiers(tx, ref, settings, { profileId, isNew: !first, values }, now);
  return { profileId, isNew: !first };
}

/**
 * For conversations: the profile that owns the value, made when `isCreated` says so and nobody does. Undefined when it was
 * not found, several profiles share the value, the value is not valid, or the store cannot be used; it never throws for
 * these, because a conversation goes on without a profile.
 */
export async function resolveProfile(
  tx: Tx,
  context: WriteContext,
  ref: StoreRef,
  { idType, value }: IdentifierValue,
  { isCreated }: { isCreated: boolean },
): Promise<Resolution | undefined> {
  const store = await findActiveStore(tx, ref.accountId, ref.storeId);
  if (!store) return undefined;
  const settings = await getIdentitySettings(tx, ref.storeId);
  const config = settings.identifierConfigs.find((candidate) => candidate.idType === idType);
  const normal = config && normalize(value, config.normalization);
  if (normal === undefined) return undefined;
  const owners = await findOwners(tx, ref.storeId, { idType, value: normal }, ownersMax);
  if (owners.length > 1) return undefined;
  const [owner] = owners;
  if (owner) return { profileId: owner, isNew: false };
  return isCreated
    ? resolveIdentity(tx, context, ref, settings, { values: [{ idType, value: normal }] })
    : undefined;
}

/**
 * Locks the values themselves, and for a fuzzy type all of its values, since any two may be alike. A write that names a profile
 * takes these locks before the profile's, as all others do.
 */
export async function lockIdentity(
  tx: Tx,
  { db }: WriteContext,
  storeId: string,
  { identifierConfigs }: IdentitySettings,
  values: readonly IdentifierValue[],
): Promise<void> {
  const fuzzy = new Set(
    identifierConfigs.filter(({ matchingAlgo }) => matchingAlgo === 'fuzzy').map(({ idType }) => idType),
  );
  const keys = values.map(({ idType, value }) => (fuzzy.has(idType) ? `${idType}~` : `${idType}:${value}`));
  await db.lock(tx, ...keys.map((key) => `identity:${storeId}:${key}`));
}

/** The profiles that match and the one that the write names, each once. */
function profilesOf(matches: readonly Match[], self: string | undefined): string[] {
  return [...new Set([...(self === undefined ? [] : [self]), ...matches.map(({ profileId }) => profileId)])];
}

/** Locks the matching profiles. While it waited for a lock the owner of a value may have changed, so it looks again until not. */
async function lockMatches(
  tx: Tx,
  db: Context['db'],
  self: string | undefined,
  find: () => Promise<Match[]>,
): Promise<Match[]> {
  const locked = new Set<string>();
  for (;;) {
    const matches = await find();
    const missing = profilesOf(matches, self).filter((profileId) => !locked.has(profileId));
    if (missing.length === 0) return matches;
    await db.lock(tx, ...missing.map(profileLock));
    for (const profileId of missing) locked.add(profileId);
  }
}
