import { countJobs } from '../../jobs/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { Reader, Tx } from '../../storage/index.ts';
import type { MemoryOwner } from '../search/index.ts';
import { embedKey, embedMemories, reindexMemories } from './embedding.jobs.ts';
import { countEmbedded, findEmbeddedModel } from './embedding.store.ts';

export type EmbeddingContext = Pick<Context, 'jobs' | 'embeddings'>;

/**
 * After memories of a profile were written: has their vectors made, when a model is configured. In the transaction of the
 * write, under the profile's lock.
 */
export async function requestVectors(
  tx: Tx,
  { jobs, embeddings }: EmbeddingContext,
  { accountId, profileId }: MemoryOwner,
): Promise<void> {
  if (!embeddings) return;
  await jobs.enqueue(
    tx,
    embedMemories,
    { profileId },
    { accountId, dedupeKey: embedKey(profileId), ifLive: 'keep' },
  );
}

/** With the profile goes what was to be done for it, dead letters too. */
export async function forgetVectorRequests(
  tx: Tx,
  { jobs }: Pick<Context, 'jobs'>,
  profileIds: readonly string[],
): Promise<void> {
  await jobs.forget(tx, profileIds.map(embedKey));
}

/** Has every memory embedded anew, in the background: for a model that is another one under the same name. */
export async function requestReindex(
  { db, jobs }: Pick<Context, 'db' | 'jobs'>,
  model: string,
  accountId: string,
): Promise<void> {
  const payload = { model, afterProfileId: '', isAnew: true };
  const dedupeKey = reindexMemories.name;
  await db.transaction((tx) => jobs.enqueue(tx, reindexMemories, payload, { accountId, dedupeKey }));
}

/** How far the vectors of a model are. */
export interface EmbeddingProgress {
  /** Of all accounts. */
  readonly memories: number;
  /** Those that have a vector of the model and of their present text. */
  readonly embedded: number;
  /** A walk over all profiles is still to find what is to be made. */
  readonly isWalking: boolean;
}

export async function findEmbeddingProgress(reader: Reader, model: string): Promise<EmbeddingProgress> {
  const jobs = await countJobs(reader);
  const isWalking = jobs.some(({ name, state }) => name === reindexMemories.name && state !== 'dead');
  return { ...(await countEmbedded(reader, model)), isWalking };
}

/** At start: has every memory embedded when the model is another than the one that all of them were embedded for. */
export async function startReindex(
  { db, jobs, embeddings }: Pick<Context, 'db' | 'jobs' | 'embeddings'>,
  accountId: string,
): Promise<void> {
  if (!embeddings) return;
  const { model } = embeddings;
  await db.transaction(async (tx) => {
    if ((await findEmbeddedModel(tx)) === model) return;
    const dedupeKey = reindexMemories.name;
    await jobs.enqueue(tx, reindexMemories, { model, afterProfileId: '' }, { accountId, dedupeKey });
  });
}
