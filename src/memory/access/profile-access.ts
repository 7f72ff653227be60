import { errors, ProfileMoved } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { ProfileRow, Reader, Tx } from '../../storage/index.ts';
import { findActiveStore, getActiveStore } from '../stores/index.ts';
import { findProfileRow } from './profile-access.store.ts';

/** The profile that a data-plane path names. */
export interface ProfileRef {
  readonly accountId: string;
  readonly storeId: string;
  readonly profileId: string;
}

/** A profile as a read sees it: the survivor when the one that was asked for has been merged. */
export interface ReadAccess {
  readonly profile: ProfileRow;
  /** `Canonical-Profile-Id` when the requested profile was merged, else nothing. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Begins a read: the store is active and the profile exists; follows a merge (memory-semantics section 6). */
export async function openForRead(reader: Reader, ref: ProfileRef): Promise<ReadAccess> {
  await getActiveStore(reader, ref.accountId, ref.storeId);
  const profile = await findCanonicalProfile(reader, ref);
  if (!profile) throw errors.notFound('Profile', ref.profileId);
  const headers: Record<string, string> =
    profile.id === ref.profileId ? {} : { 'Canonical-Profile-Id': profile.id };
  return { profile, headers };
}

/**
 * Begins a write: as for a read, but a merged profile answers with a redirect to the survivor. Until the transaction ends,
 * no other write, merge or deletion touches the profile.
 */
export async function openForWrite(
  tx: Tx,
  { db }: Pick<Context, 'db'>,
  ref: ProfileRef,
): Promise<ProfileRow> {
  await getActiveStore(tx, ref.accountId, ref.storeId);
  await db.lock(tx, profileLock(ref.profileId));
  const profile = await findProfileRow(tx, ref);
  if (!profile) throw errors.notFound('Profile', ref.profileId);
  if (profile.merged_into) throw new ProfileMoved(ref.profileId, profile.merged_into);
  return profile;
}

/** The profile, or the one it was merged into; undefined when it does not exist. */
export async function findCanonicalProfile(reader: Reader, ref: ProfileRef): Promise<ProfileRow | undefined> {
  const profile = await findProfileRow(reader, ref);
  if (!profile?.merged_into) return profile;
  return findProfileRow(reader, { ...ref, profileId: profile.merged_into });
}

/**
 * Begins a write of our own, outside any request: follows a merge, and answers undefined when the profile or its store is gone.
 * Until the transaction ends, no other write, merge or deletion touches the profile.
 */
export async function openLiveProfile(
  tx: Tx,
  { db }: Pick<Context, 'db'>,
  ref: ProfileRef,
): Promise<ProfileRow | undefined> {
  if (!(await findActiveStore(tx, ref.accountId, ref.storeId))) return undefined;
  const profile = await findCanonicalProfile(tx, ref);
  if (!profile) return undefined;
  await db.lock(tx, profileLock(profile.id));
  // Whoever held the lock may have merged or deleted it.
  const current = await findCanonicalProfile(tx, ref);
  if (!current || current.id === profile.id) return current;
  return openLiveProfile(tx, { db }, ref);
}

/** Key under which writers to a profile stand in line. */
export function profileLock(profileId: string): string {
  return `profile:${profileId}`;
}
