import type { RunningServer } from '../../src/app/server.ts';
import { saveEmbeddedModel, upsertVectors } from '../../src/memory/embeddings/embedding.store.ts';
import { insertObservations } from '../../src/memory/observations/index.ts';
import { type MemoryOwner, nextMemoryVersion } from '../../src/memory/search/index.ts';
import type { ObservationRow } from '../../src/storage/index.ts';
import { type Chance, inventTurn } from './invented-dialogue.ts';

/** A profile as its path names it. */
export interface FilledProfile extends MemoryOwner {
  readonly storeId: string;
}

const rowsPerTransaction = 2000;
const turnsPerSession = 25;
const minuteMs = 60_000;

/** Dialogues of 25 turns as the profile's observations, straight through the queries that serve the API. */
export async function fillWithTurns(
  { db, ids, clock }: RunningServer['context'],
  { accountId, storeId, profileId }: FilledProfile,
  { count, chance, areLinked = true }: { count: number; chance: Chance; areLinked?: boolean },
): Promise<ObservationRow[]> {
  const all: ObservationRow[] = [];
  let conversationId = '';
  for (let done = 0; done < count; done += rowsPerTransaction) {
    const version = await db.transaction((tx) => nextMemoryVersion(tx, { accountId, profileId }));
    const size = Math.min(rowsPerTransaction, count - done);
    const rows = Array.from({ length: size }, (_, at): ObservationRow => {
      const number = done + at;
      if (number % turnsPerSession === 0) conversationId = ids.next('conversation');
      const occurredAt = clock.now() - (count - number) * minuteMs;
      return {
        account_id: accountId,
        store_id: storeId,
        profile_id: profileId,
        id: ids.next('observation'),
        content: inventTurn(chance, number),
        source: 'bench',
        occurred_at: occurredAt,
        conversation_ids_json: JSON.stringify(areLinked ? [conversationId] : []),
        created_at: occurredAt,
        updated_at: occurredAt,
        revision: 1,
        memory_version: version,
      };
    });
    await db.transaction((tx) => insertObservations(tx, rows));
    all.push(...rows);
  }
  return all;
}

/** Vectors of a profile's observations, as the model of this name would have made them. */
export async function fillWithVectors(
  { db }: RunningServer['context'],
  owner: MemoryOwner,
  {
    model,
    rows,
    embed,
  }: { model: string; rows: readonly ObservationRow[]; embed: (text: string) => number[] },
): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerTransaction) {
    const some = rows.slice(start, start + rowsPerTransaction);
    await db.transaction(async (tx) => {
      const version = await nextMemoryVersion(tx, owner);
      await upsertVectors(
        tx,
        { owner, model, version },
        some.map(({ id, content }) => ({ kind: 'observation', id, vector: toUnit(embed(content)) })),
      );
      await saveEmbeddedModel(tx, model);
    });
  }
}

function toUnit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => value / length);
}
