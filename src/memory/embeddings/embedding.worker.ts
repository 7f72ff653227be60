import type { Static } from 'typebox';
import { type JobRun, type Worker, worker } from '../../jobs/index.ts';
import type { Embedder } from '../../models/index.ts';
import type { Context } from '../../runtime/context.ts';
import type { Tx } from '../../storage/index.ts';
import { profileLock } from '../access/index.ts';
import { type MemoryOwner, nextMemoryVersion } from '../search/index.ts';
import { embedMemories, reindexMemories } from './embedding.jobs.ts';
import {
  deleteVectorsOf,
  findSurvivorId,
  keepUnchanged,
  listProfilesAfter,
  listUnembedded,
  saveEmbeddedModel,
  type UnembeddedMemory,
  upsertVectors,
} from './embedding.store.ts';
import { requestVectors } from './embedding.ts';

type WorkerContext = Pick<Context, 'db' | 'jobs' | 'embeddings'>;
type EmbeddedMemory = UnembeddedMemory & { readonly vector: Float32Array };

/** Memories whose vectors are made in one run, with one request to the model. */
const memoriesPerRun = 96;
/** Profiles for which jobs are enqueued in one run. */
const profilesPerRun = 200;

/** What makes vectors. Without an embedder the jobs of an earlier start end with nothing done. */
export function embeddingWorkers(context: WorkerContext, embedder: Embedder | undefined): Worker[] {
  return [
    worker(embedMemories, async ({ profileId }, run) => {
      if (embedder) await embedSome(context, embedder, run, profileId);
    }),
    worker(reindexMemories, async (walk, run) => {
      // Another model was configured meanwhile, and its own walk enqueued.
      if (walk.model === context.embeddings?.model) await reindexSome(context, run, walk);
    }),
  ];
}

/** The model is asked outside any transaction; what changed meanwhile is left for the next run. */
async function embedSome(
  context: WorkerContext,
  embedder: Embedder,
  run: JobRun,
  profileId: string,
): Promise<void> {
  const memories = await listUnembedded(context.db.reader, profileId, embedder.name, memoriesPerRun);
  const texts = memories.map(({ content }) => content);
  const vectors = texts.length === 0 ? [] : await embedder.embed(texts, run);
  const embedded = memories.flatMap((memory, at) => {
    const vector = vectors[at];
    return vector ? [{ ...memory, vector }] : [];
  });
  const owner = { accountId: run.accountId, profileId };
  await run.finish(
    async (tx) => {
      await writeVectors(tx, context, { owner, model: embedder.name, embedded });
      await requestRest(tx, context, owner, embedder.name);
    },
    [profileLock(profileId)],
  );
}

async function writeVectors(
  tx: Tx,
  { db }: WorkerContext,
  { owner, model, embedded }: { owner: MemoryOwner; model: string; embedded: readonly EmbeddedMemory[] },
): Promise<void> {
  const unchanged = await keepUnchanged(tx, owner.profileId, embedded);
  if (unchanged.length === 0) return;
  const version = await nextMemoryVersion(tx, owner);
  await upsertVectors(tx, { owner, model, version, hasPgvector: db.pgvector?.isUsed }, unchanged);
}

/** The memories of a merged profile are the survivor's now. */
async function requestRest(
  tx: Tx,
  context: WorkerContext,
  { accountId, profileId }: MemoryOwner,
  model: string,
): Promise<void> {
  const survivorId = await findSurvivorId(tx, { accountId, profileId });
  if (survivorId === undefined) return;
  const [left] = await listUnembedded(tx, survivorId, model, 1);
  if (left) await requestVectors(tx, context, { accountId, profileId: survivorId });
}

async function reindexSome(
  context: WorkerContext,
  run: JobRun,
  walk: Static<(typeof reindexMemories)['payload']>,
): Promise<void> {
  await run.finish(async (tx) => {
    const owners = await listProfilesAfter(tx, walk.afterProfileId, profilesPerRun);
    for (const owner of owners) {
      if (walk.isAnew) await forgetVectors(tx, owner);
      await requestVectors(tx, context, owner);
    }
    const last = owners.at(-1);
    if (!last || owners.length < profilesPerRun) return saveEmbeddedModel(tx, walk.model);
    const payload = { ...walk, afterProfileId: last.profileId };
    const { accountId } = run;
    await context.jobs.enqueue(tx, reindexMemories, payload, { accountId, dedupeKey: reindexMemories.name });
  });
}

/** Until there are new ones, words alone find. */
async function forgetVectors(tx: Tx, owner: MemoryOwner): Promise<void> {
  await deleteVectorsOf(tx, owner.profileId);
  await nextMemoryVersion(tx, owner, { removes: true });
}
