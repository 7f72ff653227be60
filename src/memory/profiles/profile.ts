import { errors } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { Reader, Tx } from '../../storage/index.ts';
import { openForWrite, type ProfileRef } from '../access/index.ts';
import { deleteVectorsOf, forgetVectorRequests } from '../embeddings/index.ts';
import { deleteEventsOf } from '../events/index.ts';
import {
  deleteIdentifiersOf,
  findOwners,
  getIdentifierConfig,
  getIdentitySettings,
  type IdentifierValue,
  type IdentitySettings,
  normalize,
  normalizeIdentifierOrThrow,
  ownersMax,
} from '../identity/index.ts';
import { deleteObservationsOf } from '../observations/index.ts';
import { deleteMemoryVersion } from '../search/index.ts';
import { findActiveStore, getActiveStore, type ProfileMentions } from '../stores/index.ts';
import { deleteSummariesOf } from '../summaries/index.ts';
import {
  applyTraitChanges,
  deleteTraitsOf,
  getTraitDefinitions,
  type TraitChange,
  type TraitDefinitions,
  type TraitInput,
  toTraitChanges,
} from '../traits/index.ts';
import { deleteMergesOf, listMovableIds } from './merge.store.ts';
import { deleteProfileRows } from './profile.store.ts';
import { lockIdentity, type Resolution, resolveIdentity, type StoreRef } from './resolve.ts';

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;

/**
 * Creates a profile from traits, or updates the one that they identify (memory-semantics section 6). At least one trait must
 * be promoted to an identifier.
 */
export async function createProfile(
  context: WriteContext,
  ref: StoreRef,
  traits: TraitInput,
): Promise<Resolution> {
  return context.db.transaction(async (tx) => {
    const definitions = await getDefinitions(tx, ref);
    return upsertProfile(
      tx,
      context,
      ref,
      definitions,
      readTraits(definitions, traits, { allowsRemoval: false }),
    );
  });
}

/**
 * The same within the caller's transaction, for traits that `readTraits` has checked: bulk upserts and imports read the
 * definitions once for many profiles.
 */
export async function upsertProfile(
  tx: Tx,
  context: WriteContext,
  ref: StoreRef,
  { settings }: StoreDefinitions,
  { changes, values }: TraitWrite,
): Promise<Resolution> {
  if (values.length === 0) {
    throw errors.invalid(
      'traits',
      'needs at least one trait that identifies the customer, such as Contact.phone or Contact.email',
    );
  }
  const resolution = await resolveIdentity(tx, context, ref, settings, { values });
  await applyTraitChanges(tx, { ...ref, profileId: resolution.profileId }, changes, context.clock.now());
  return resolution;
}

/** Merges trait values into a profile; null removes one. A value that identifies another profile merges the two. */
export async function patchProfile(
  context: WriteContext,
  ref: ProfileRef,
  traits: TraitInput,
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const definitions = await getDefinitions(tx, ref);
    const { changes, values } = readTraits(definitions, traits, { allowsRemoval: true });
    await lockIdentity(tx, context, ref.storeId, definitions.settings, values);
    const profile = await openForWrite(tx, context, ref);
    const profileId =
      values.length === 0
        ? profile.id
        : (await resolveIdentity(tx, context, ref, definitions.settings, { values, self: profile.id }))
            .profileId;
    await applyTraitChanges(tx, { ...ref, profileId }, changes, context.clock.now());
  });
}

/**
 * Removes the profile with its identifiers, traits, memories, index and merges, the ids merged into it, and the mentions of
 * these ids elsewhere, in one transaction (memory-semantics section 19). Its identifiers are free afterwards.
 */
export async function deleteProfile(
  context: WriteContext & Pick<Context, 'jobs'>,
  mentions: ProfileMentions,
  ref: ProfileRef,
): Promise<void> {
  await context.db.transaction(async (tx) => {
    const profile = await openForWrite(tx, context, ref);
    const { absorbedIds } = await listMovableIds(tx, ref.storeId, profile.id);
    await mentions.forget(tx, ref.accountId, [profile.id, ...absorbedIds]);
    await deleteMergesOf(tx, profile.id);
    await deleteIdentifiersOf(tx, profile.id);
    await deleteTraitsOf(tx, profile.id);
    await deleteObservationsOf(tx, profile.id);
    await deleteSummariesOf(tx, profile.id);
    await deleteVectorsOf(tx, profile.id);
    await forgetVectorRequests(tx, context, [profile.id, ...absorbedIds]);
    await deleteEventsOf(tx, profile.id);
    for (const id of [profile.id, ...absorbedIds]) await deleteMemoryVersion(tx, id);
    await deleteProfileRows(tx, ref.storeId, profile.id);
    context.db.scrub(tx);
  });
}

/** Profiles that hold a value. A value that is invalid for its type is nobody's, and is answered trimmed. */
export async function lookUpProfiles(
  reader: Reader,
  ref: StoreRef,
  { idType, value }: IdentifierValue,
): Promise<{ normalizedValue: string; profiles: string[] }> {
  await getActiveStore(reader, ref.accountId, ref.storeId);
  const settings = await getIdentitySettings(reader, ref.storeId);
  const normal = normalize(value, getIdentifierConfig(settings, idType).normalization);
  if (normal === undefined) return { normalizedValue: value.trim(), profiles: [] };
  return {
    normalizedValue: normal,
    profiles: await findOwners(reader, ref.storeId, { idType, value: normal }, ownersMax),
  };
}

/** What a store says of traits and identifiers. */
export interface StoreDefinitions {
  readonly traits: ReadonlyMap<string, TraitDefinitions>;
  readonly settings: IdentitySettings;
}

/** The definitions of an active store; 520041 when there is none, 520042 while it cannot be used. */
export async function getDefinitions(reader: Reader, ref: StoreRef): Promise<StoreDefinitions> {
  await getActiveStore(reader, ref.accountId, ref.storeId);
  return readDefinitions(reader, ref.storeId);
}

/**
 * The definitions; undefined when the store is gone or cannot be used. A write of our own that ends quietly without its store
 * looks for it by this alone: the store may be deleted between any two looks.
 */
export async function findDefinitions(reader: Reader, ref: StoreRef): Promise<StoreDefinitions | undefined> {
  const store = await findActiveStore(reader, ref.accountId, ref.storeId);
  return store && readDefinitions(reader, ref.storeId);
}

async function readDefinitions(reader: Reader, storeId: string): Promise<StoreDefinitions> {
  return {
    traits: await getTraitDefinitions(reader, storeId),
    settings: await getIdentitySettings(reader, storeId),
  };
}

/** Checked traits, ready to be written. */
export interface TraitWrite {
  readonly changes: readonly TraitChange[];
  /** Normalised values of the traits that are promoted to identifiers. */
  readonly values: readonly IdentifierValue[];
}

/** Checks traits against the store's definitions; 400 naming the member at fault. */
export function readTraits(
  { traits, settings }: StoreDefinitions,
  input: TraitInput,
  options: { allowsRemoval: boolean },
): TraitWrite {
  const changes = toTraitChanges(traits, input, options);
  return { changes, values: changes.flatMap((change) => toIdentifier(settings, change)) };
}

function toIdentifier(
  settings: IdentitySettings,
  { group, name, value, idTypePromotion }: TraitChange,
): IdentifierValue[] {
  if (idTypePromotion === undefined || value === null || Array.isArray(value)) return [];
  // The type may have gone from the settings since the trait was defined; then it is a trait like any other.
  if (!settings.identifierConfigs.some(({ idType }) => idType === idTypePromotion)) return [];
  const text = String(value);
  // An empty identifying trait is stored, and identifies nobody.
  if (text.trim() === '') return [];
  return [normalizeIdentifierOrThrow(settings, idTypePromotion, text, `traits.${group}.${name}`)];
}
