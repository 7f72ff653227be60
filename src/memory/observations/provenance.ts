import type { Context } from '../../runtime/context.ts';
import { encodeJson, type ObservationRow, type Tx } from '../../storage/index.ts';
import { insertProvenance } from './provenance.store.ts';

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
      extracted_at: clock.now(),
    };
  });
  await insertProvenance(tx, rows);
}
