import { toTimestamp } from '../../runtime/clock.ts';
import type { Context } from '../../runtime/context.ts';
import { decodeJson, type Reader } from '../../storage/index.ts';
import { openForRead, type ProfileRef } from '../access/index.ts';
import { listEvents } from '../events/index.ts';
import { listIdentifierRows } from '../identity/index.ts';
import { listAllProvenance, type ObservationState, toProvenanceWire } from '../observations/index.ts';
import { listMovableIds, toMergeWire } from '../profiles/index.ts';
import type { ProfileMentions } from '../stores/index.ts';
import { toSummaryWire } from '../summaries/index.ts';
import { listTraitRows, type TraitValue } from '../traits/index.ts';
import {
  listAllMerges,
  listAllObservations,
  listAllRevisions,
  listAllSummaries,
} from './portability.store.ts';
import { documentFormat, documentVersion, type ProfileDocument } from './profile-document.ts';

/** Everything held about the profile, and about those merged into it. */
export async function exportProfile(
  { db, clock }: Pick<Context, 'db' | 'clock'>,
  mentions: ProfileMentions,
  ref: ProfileRef,
): Promise<ProfileDocument> {
  const { reader } = db;
  const { profile } = await openForRead(reader, ref);
  const { absorbedIds } = await listMovableIds(reader, ref.storeId, profile.id);
  const traits = await listTraitRows(reader, profile.id);
  const identifiers = await listIdentifierRows(reader, profile.id);
  const merges = await listAllMerges(reader, profile.id);
  return {
    format: documentFormat,
    version: documentVersion,
    exportedAt: toTimestamp(clock.now()),
    storeId: ref.storeId,
    profile: { id: profile.id, createdAt: toTimestamp(profile.created_at), mergedIds: [...absorbedIds] },
    traits: traits.map((row) => ({
      traitGroup: row.trait_group,
      name: row.name,
      value: decodeJson<TraitValue>(row.value_json),
      timestamp: toTimestamp(row.updated_at),
    })),
    identifiers: identifiers.map((row) => ({
      idType: row.id_type,
      value: row.value,
      addedAt: toTimestamp(row.added_at),
    })),
    observations: await exportObservations(reader, profile.id),
    conversationSummaries: (await listAllSummaries(reader, profile.id)).map(toSummaryWire),
    events: (await listEvents(reader, profile.id)).map(({ type, event_json }) => ({
      type,
      ...decodeJson<object>(event_json),
    })),
    merges: merges.map(toMergeWire),
    conversations: await mentions.conversations(reader, ref.accountId, [profile.id, ...absorbedIds]),
  };
}

async function exportObservations(
  reader: Reader,
  profileId: string,
): Promise<ProfileDocument['observations']> {
  const revisions = Map.groupBy(await listAllRevisions(reader, profileId), (row) => row.observation_id);
  const provenance = Map.groupBy(await listAllProvenance(reader, profileId), (row) => row.observation_id);
  const observations = await listAllObservations(reader, profileId);
  return observations.map((row) => ({
    id: row.id,
    ...toState(row),
    revisions: (revisions.get(row.id) ?? []).map(toState),
    provenance: (provenance.get(row.id) ?? []).map(toProvenanceWire),
  }));
}

function toState(state: ObservationState) {
  return {
    content: state.content,
    source: state.source,
    occurredAt: toTimestamp(state.occurred_at),
    conversationIds: decodeJson<string[]>(state.conversation_ids_json),
    createdAt: toTimestamp(state.created_at),
    updatedAt: toTimestamp(state.updated_at),
  };
}
