/** The door of the memory room (Memory API v1): its routes, and what conversations and extraction use of it. */
import type { Route } from '../http/index.ts';
import type { Worker } from '../jobs/index.ts';
import type { Embedder } from '../models/index.ts';
import type { Context } from '../runtime/context.ts';
import { dataMappingRoutes } from './data-mappings/index.ts';
import { embeddingWorkers, type QueryVectors } from './embeddings/index.ts';
import { erasureWorkers } from './erasure/index.ts';
import { eventRoutes } from './events/index.ts';
import { identifierRoutes } from './identifiers/index.ts';
import { identitySettingsRoutes } from './identity-settings/index.ts';
import { importRoutes, importWorkers } from './imports/index.ts';
import { observationRoutes, provenanceRoutes } from './observations/index.ts';
import { portabilityRoutes } from './portability/index.ts';
import { mergeRoutes, profileRoutes } from './profiles/index.ts';
import { type CommunicationSource, recallRoutes } from './recall/index.ts';
import { MemoryIndexes } from './search/index.ts';
import { type ProfileMentions, storeRoutes } from './stores/index.ts';
import { summaryRoutes } from './summaries/index.ts';
import { traitGroupRoutes } from './trait-groups/index.ts';

export type { ProfileRef } from './access/index.ts';
export {
  createQueryVectors,
  findEmbeddingProgress,
  type QueryVectors,
  requestReindex,
  startReindex,
} from './embeddings/index.ts';
export { normalize as normalizeIdentifier } from './identity/index.ts';
export {
  type Evidence,
  type ExtractedObservation,
  type ExtractorStamp,
  listExtractedObservations,
  listObservationContents,
  type ObservationChanges,
  type ObservationContent,
  type ObservationDraft,
  recordObservations,
  reviseObservation,
} from './observations/index.ts';
export { exportProfile, importProfile, ProfileDocument } from './portability/index.ts';
export { type ContactClaim, fillContact, listMergedInto, resolveProfile } from './profiles/index.ts';
export type { CommunicationSource, RecalledCommunication, RecalledParty } from './recall/index.ts';
export { detectLanguage, isStopWord, type Language, splitWords } from './search/index.ts';
export { isKnownStore, type ProfileMentions } from './stores/index.ts';
export { recordSummary, type SummaryDraft } from './summaries/index.ts';

/** What memory asks of conversations: words for Recall, and the places where profiles are mentioned. */
export interface MemoryNeighbours {
  readonly communications: CommunicationSource;
  readonly mentions: ProfileMentions;
  /** Of a model, where one is configured. */
  readonly queryVectors?: QueryVectors | undefined;
}

/** Every endpoint of the Memory API but its operations, and our own about profiles. */
export function memoryRoutes(
  context: Context,
  { communications, mentions, queryVectors }: MemoryNeighbours,
): Route[] {
  return [
    ...storeRoutes(context),
    ...identitySettingsRoutes(context),
    ...traitGroupRoutes(context),
    ...dataMappingRoutes(context),
    ...profileRoutes(context, mentions),
    ...portabilityRoutes(context, mentions),
    ...mergeRoutes(context),
    ...importRoutes(context),
    ...identifierRoutes(context),
    ...observationRoutes(context),
    ...provenanceRoutes(context),
    ...summaryRoutes(context),
    ...eventRoutes(context),
    ...recallRoutes({
      db: context.db,
      clock: context.clock,
      communications,
      indexes: new MemoryIndexes({
        bytesMax: context.limits.recallCacheBytes,
        model: context.embeddings?.model,
        canCompareThere: context.db.pgvector?.isUsed,
      }),
      queryVectors,
    }),
  ];
}

/** The jobs of the Memory API with what does them. */
export function memoryWorkers(
  context: Context,
  { mentions, embedder }: Pick<MemoryNeighbours, 'mentions'> & { readonly embedder: Embedder | undefined },
): Worker[] {
  return [
    ...importWorkers(context),
    ...erasureWorkers(context, mentions),
    ...embeddingWorkers(context, embedder),
  ];
}
