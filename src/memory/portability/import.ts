import { errors } from '../../errors/index.ts';
import { toMs } from '../../http/index.ts';
import type { Context } from '../../runtime/context.ts';
import {
  type ConversationSummaryRow,
  encodeJson,
  type ObservationProvenanceRow,
  type ObservationRevisionRow,
  type ObservationRow,
  type Tx,
} from '../../storage/index.ts';
import { requestVectors } from '../embeddings/index.ts';
import { type IdentifierValue, normalizeIdentifierOrThrow } from '../identity/index.ts';
import { insertObservations, insertProvenance } from '../observations/index.ts';
import {
  getDefinitions,
  readTraits,
  resolveIdentity,
  type StoreDefinitions,
  type StoreRef,
} from '../profiles/index.ts';
import { nextMemoryVersion } from '../search/index.ts';
import { insertSummaries } from '../summaries/index.ts';
import { applyTraitChanges, type TraitInput } from '../traits/index.ts';
import { insertRevisions, listAllObservations, listAllSummaries } from './portability.store.ts';
import type { ProfileDocument } from './profile-document.ts';

/** What an import wrote. */
export interface ImportedProfile {
  readonly profileId: string;
  readonly isNew: boolean;
  readonly observations: number;
  readonly summaries: number;
}

type ProfileKey = { readonly accountId: string; readonly storeId: string; readonly profileId: string };
const rowsPerInsert = 200;

/**
 * Reads a document into a store: the person is resolved by identity, as on any create, and memories come with their ids, times
 * and revisions. All or nothing; memories that are there already stay as they are, so a repeat adds nothing. Throws the 400
 * that names a trait or identifier type which the store does not have.
 */
export async function importProfile(
  context: Pick<Context, 'db' | 'clock' | 'ids' | 'jobs' | 'embeddings'>,
  ref: StoreRef,
  document: ProfileDocument,
): Promise<ImportedProfile> {
  return context.db.transaction(async (tx) => {
    const definitions = await getDefinitions(tx, ref);
    const { changes } = readTraits(definitions, toTraitInput(document), { allowsRemoval: false });
    const values = toIdentifiers(definitions, document);
    if (values.length === 0)
      throw errors.invalid('identifiers', 'must name the person by at least one value');
    const { profileId, isNew } = await resolveIdentity(tx, context, ref, definitions.settings, { values });
    const key = { ...ref, profileId };
    for (const change of changes) {
      const written = document.traits.find(
        (trait) => trait.traitGroup === change.group && trait.name === change.name,
      );
      await applyTraitChanges(tx, key, [change], toMs('traits', written?.timestamp ?? document.exportedAt));
    }
    const observations = await importObservations(tx, key, document);
    const summaries = await importSummaries(tx, key, document);
    await requestVectors(tx, context, key);
    return { profileId, isNew, observations, summaries };
  });
}

function toTraitInput({ traits }: ProfileDocument): TraitInput {
  const groups = Map.groupBy(traits, (trait) => trait.traitGroup);
  return Object.fromEntries(
    [...groups].map(([group, members]) => [
      group,
      Object.fromEntries(members.map(({ name, value }) => [name, value])),
    ]),
  );
}

function toIdentifiers({ settings }: StoreDefinitions, { identifiers }: ProfileDocument): IdentifierValue[] {
  return identifiers.map(({ idType, value }, at) =>
    normalizeIdentifierOrThrow(settings, idType, value, `identifiers.${at}.value`),
  );
}

async function importObservations(
  tx: Tx,
  key: ProfileKey,
  { observations }: ProfileDocument,
): Promise<number> {
  const known = new Set((await listAllObservations(tx, key.profileId)).map(({ id }) => id));
  const fresh = observations.filter(({ id }) => !known.has(id));
  const version = await nextMemoryVersion(tx, key);
  const rows = fresh.map(
    (observation): ObservationRow => ({
      account_id: key.accountId,
      store_id: key.storeId,
      profile_id: key.profileId,
      id: observation.id,
      ...fromState(observation),
      revision: observation.revisions.length + 1,
      memory_version: version,
    }),
  );
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    const some = rows.slice(start, start + rowsPerInsert);
    await insertObservations(tx, some);
  }
  await insertRevisions(
    tx,
    fresh.flatMap(({ id, revisions }) =>
      revisions.map(
        (state, at): ObservationRevisionRow => ({
          account_id: key.accountId,
          profile_id: key.profileId,
          observation_id: id,
          ...fromState(state),
          revision: at + 1,
        }),
      ),
    ),
  );
  await insertProvenance(
    tx,
    fresh.flatMap((observation) => toProvenanceRows(key, observation)),
  );
  return rows.length;
}

function toProvenanceRows(
  { accountId, profileId }: ProfileKey,
  { id, provenance = [] }: ProfileDocument['observations'][number],
): ObservationProvenanceRow[] {
  return provenance.map(({ revision, conversationId, communicationIds, extractor, extractedAt }) => ({
    account_id: accountId,
    profile_id: profileId,
    observation_id: id,
    revision,
    conversation_id: conversationId,
    communication_ids_json: encodeJson(communicationIds),
    extractor: extractor.name,
    extractor_version: extractor.version,
    stands_in_for: extractor.standsInFor ?? null,
    stand_in_reason: extractor.reason ?? null,
    extracted_at: toMs('extractedAt', extractedAt),
  }));
}

async function importSummaries(
  tx: Tx,
  key: ProfileKey,
  { conversationSummaries }: ProfileDocument,
): Promise<number> {
  const known = new Set((await listAllSummaries(tx, key.profileId)).map(({ id }) => id));
  const version = await nextMemoryVersion(tx, key);
  const rows = conversationSummaries
    .filter(({ id }) => !known.has(id))
    .map(
      (summary): ConversationSummaryRow => ({
        account_id: key.accountId,
        store_id: key.storeId,
        profile_id: key.profileId,
        id: summary.id,
        conversation_id: summary.conversationId,
        content: summary.content,
        source: summary.source ?? null,
        occurred_at: toMs('occurredAt', summary.occurredAt),
        created_at: toMs('createdAt', summary.createdAt),
        updated_at: toMs('updatedAt', summary.updatedAt),
        memory_version: version,
      }),
    );
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    const some = rows.slice(start, start + rowsPerInsert);
    await insertSummaries(tx, some);
  }
  return rows.length;
}

type DocumentState = Omit<ProfileDocument['observations'][number], 'id' | 'revisions' | 'provenance'>;

function fromState(state: DocumentState) {
  return {
    content: state.content,
    source: state.source,
    occurred_at: toMs('occurredAt', state.occurredAt),
    conversation_ids_json: encodeJson(state.conversationIds),
    created_at: toMs('createdAt', state.createdAt),
    updated_at: toMs('updatedAt', state.updatedAt),
  };
}
