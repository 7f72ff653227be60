/** Vectors of memories and queries: made by a model where one is configured, never on the path of a write. */
export {
  deleteVectors,
  deleteVectorsOf,
  moveSomeVectors,
  moveVectors,
} from './embedding.store.ts';
export {
  type EmbeddingContext,
  findEmbeddingProgress,
  forgetVectorRequests,
  requestReindex,
  requestVectors,
  startReindex,
} from './embedding.ts';
export { embeddingWorkers } from './embedding.worker.ts';
export {
  createQueryVectors,
  type QueryVectorOptions,
  type QueryVectorOutcome,
  type QueryVectors,
} from './query-vectors.ts';
