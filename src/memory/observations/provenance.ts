import type { Context } from '../../runtime/context.ts';
import { decodeJson, encodeJson, type ObservationRow, type Reader, type Tx } from '../../storage/index.ts';
import { findCanonicalProfile, type ProfileRef } from '../access/index.ts';
import { insertProvenance, listProvenanceFrom } from './provenance.store.ts';

/** What of a conversation says it, and who read it there. */
export interface Evidence {
  readonly conversationId: string;
  /** Oldest first. */
  readonly communicationIds: readonly string[];
  readonly extractor: ExtractorStamp;
}

/** Names an extractor and the version of its rules or prompts. */
export interface ExtractorStamp {
  readonly name: string;
  readonly version: string;
  /** The extractor that was to read the conversation and could not. */
  readonly standsInFor?: string | undefined;
  /** Why it could not, in a word. */
  readonly reason?: string | undefined;
}

/** Notes where these states of observations come from, in the transaction that writes them. */
export async function recordProvenance(
  tx: Tx,
  { clock }: Pick<Context, 'clock'>,
  observations: readonly ObservationRow[],
  evidence: readonly Evidence[],
): Promise<void> {
  const rows = observations.flatMap((observation, at) => {
    const of = evidence[at];
    if (!of) return [];
    return {
      account_id: observation.account_id,
      profile_id: observation.profile_id,
      observation_id: observation.id,
      revision: observation.revision,
      conversation_id: of.conversationId,
      communication_ids_json: encodeJson(of.communicationIds),
      extractor: of.extractor.name,
      extractor_version: of.extractor.version,
      stands_in_for: of.extractor.standsInFor ?? null,
      stand_in_reason: of.extractor.reason ?? null,
      extracted_at: clock.now(),
    };
  });
  await insertProvenance(tx, rows);
}

/** An observation that a conversation led to, as it is now. */
export interface ExtractedObservation {
  readonly id: string;
  readonly content: string;
  /** What of the conversation last led to a state of it. */
  readonly communicationIds: readonly string[];
  /** It has been changed since. */
  readonly isEdited: boolean;
}

/** For extraction: what this conversation has led to for the profile. */
export async function listExtractedObservations(
  reader: Reader,
  ref: ProfileRef,
  conversationId: string,
): Promise<ExtractedObservation[]> {
  const profile = await findCanonicalProfile(reader, ref);
  const rows = profile ? await listProvenanceFrom(reader, profile.id, conversationId) : [];
  const latest = new Map(rows.toReversed().map((row) => [row.observation_id, row]));
  return [...latest.values()].map((row) => ({
    id: row.observation_id,
    content: row.content,
    communicationIds: decodeJson<string[]>(row.communication_ids_json),
    isEdited: row.current_revision > row.revision,
  }));
}
