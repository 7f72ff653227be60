import { ApiError } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { Reader, Tx } from '../../storage/index.ts';
import { openLiveProfile, type ProfileRef } from '../access/index.ts';
import { findMatches, type IdentifierValue } from '../identity/index.ts';
import { applyTraitChanges, contactGroup, getTraits } from '../traits/index.ts';
import { findDefinitions, readTraits, type StoreDefinitions, type TraitWrite } from './profile.ts';
import { lockIdentity, resolveIdentity } from './resolve.ts';

type WriteContext = Pick<Context, 'db' | 'clock' | 'ids'>;

/** What somebody said about themselves, by the trait's name. */
export interface ContactClaim {
  readonly ref: ProfileRef;
  readonly details: Readonly<Record<string, string>>;
}

/** Names belong together: half of one is not filled from another. */
const nameTraits = ['firstName', 'lastName'];

/**
 * For extraction: fills the traits of the group Contact that have no value, within the caller's transaction. What is not
 * defined in the store, or not valid, is passed over. A value that identifies another profile is passed over too, unless
 * `mayMerge`: then the profiles become one by the store's rules, as when a client had written it.
 */
export async function fillContact(
  tx: Tx,
  context: WriteContext,
  { ref, details }: ContactClaim,
  { mayMerge }: { mayMerge: boolean },
): Promise<void> {
  const definitions = await findDefinitions(tx, ref);
  if (!definitions) return;
  const writes = Object.entries(details).flatMap(([name, value]) => read(definitions, name, value));
  const claimed = writes.flatMap(({ values }) => values);
  // As all writes do: the values before the profile.
  await lockIdentity(tx, context, ref.storeId, definitions.settings, claimed);
  const profile = await openLiveProfile(tx, context, ref);
  if (!profile) return;
  const empty = await stillEmpty(tx, profile.id, writes);
  const free = mayMerge ? empty : await unclaimed(tx, definitions, { ...ref, profileId: profile.id }, empty);
  const values = free.flatMap((write) => write.values);
  const profileId = await identify(tx, context, definitions, { ...ref, profileId: profile.id }, values);
  const changes = free.flatMap((write) => write.changes);
  await applyTraitChanges(tx, { ...ref, profileId }, changes, context.clock.now());
}

function read(definitions: StoreDefinitions, name: string, value: string): TraitWrite[] {
  try {
    return [readTraits(definitions, { [contactGroup.name]: { [name]: value } }, { allowsRemoval: false })];
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}

async function stillEmpty(
  reader: Reader,
  profileId: string,
  writes: readonly TraitWrite[],
): Promise<TraitWrite[]> {
  const { [contactGroup.name]: held = {} } = await getTraits(reader, profileId, [contactGroup.name]);
  const isHeld = (name: string) => (held[name] ?? '') !== '';
  const hasName = nameTraits.some(isHeld);
  return writes.filter(({ changes }) =>
    changes.every(({ name }) => !(nameTraits.includes(name) ? hasName : isHeld(name))),
  );
}

async function unclaimed(
  reader: Reader,
  { settings }: StoreDefinitions,
  { storeId, profileId }: ProfileRef,
  writes: readonly TraitWrite[],
): Promise<TraitWrite[]> {
  const free: TraitWrite[] = [];
  for (const write of writes) {
    const matches = await findMatches(reader, storeId, settings, write.values);
    if (matches.every((match) => match.profileId === profileId)) free.push(write);
  }
  return free;
}

async function identify(
  tx: Tx,
  context: WriteContext,
  { settings }: StoreDefinitions,
  ref: ProfileRef,
  values: readonly IdentifierValue[],
): Promise<string> {
  if (values.length === 0) return ref.profileId;
  return (await resolveIdentity(tx, context, ref, settings, { values, self: ref.profileId })).profileId;
}
