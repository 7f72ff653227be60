import { ApiError } from '../../errors/index.ts';
import type { Context } from '../../runtime/context.ts';
import { getActiveStore } from '../stores/index.ts';
import type { TraitInput } from '../traits/index.ts';
import { getDefinitions, readTraits, type StoreDefinitions, type TraitWrite } from './profile.ts';
import { upsertProfiles } from './profile-batch.ts';
import type { StoreRef } from './resolve.ts';

/** Profiles written in one transaction: others can write in between. */
const profilesPerTransaction = 250;

/**
 * Creates or updates many profiles, each as a create of its own would, in order (memory-semantics section 8). A row that names
 * nobody or has a trait the store does not know is skipped and counted in the log. Answers how many were skipped.
 */
export async function bulkUpsert(
  context: Pick<Context, 'db' | 'clock' | 'ids' | 'log'>,
  ref: StoreRef,
  profiles: readonly { readonly traits?: TraitInput }[],
): Promise<number> {
  const definitions = await getDefinitions(context.db.reader, ref);
  const writes = profiles.flatMap(({ traits = {} }) => readRow(definitions, traits));
  for (let start = 0; start < writes.length; start += profilesPerTransaction) {
    const chunk = writes.slice(start, start + profilesPerTransaction);
    await context.db.transaction(async (tx) => {
      await getActiveStore(tx, ref.accountId, ref.storeId);
      await upsertProfiles(tx, context, ref, definitions, chunk);
    });
  }
  const skipped = profiles.length - writes.length;
  if (skipped > 0)
    context.log.warn({ storeId: ref.storeId, skipped, of: profiles.length }, 'bulk upsert skipped rows');
  return skipped;
}

function readRow(definitions: StoreDefinitions, traits: TraitInput): TraitWrite[] {
  try {
    const write = readTraits(definitions, traits, { allowsRemoval: false });
    return write.values.length > 0 ? [write] : [];
  } catch (error) {
    if (error instanceof ApiError) return [];
    throw error;
  }
}
