import { sql } from 'kysely';
import type { MemoryKind, MemoryTermRow, Reader, Tx } from '../../storage/index.ts';
import type { CollectionStatistics, Posting } from './bm25.ts';

/** Rows written in one statement; stays below both engines' limits on parameters. */
const rowsPerInsert = 500;

/** The profile whose memories are indexed. */
export interface IndexRef {
  readonly accountId: string;
  readonly profileId: string;
  readonly kind: MemoryKind;
}

export async function insertTerms(tx: Tx, rows: readonly MemoryTermRow[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerInsert) {
    await tx
      .insertInto('memory_terms')
      .values(rows.slice(start, start + rowsPerInsert))
      .execute();
  }
}

/** Adds to the totals; a change may be negative. */
export async function changeStatistics(
  tx: Tx,
  { accountId, profileId, kind }: IndexRef,
  change: CollectionStatistics,
): Promise<void> {
  await tx
    .insertInto('memory_statistics')
    .values({ account_id: accountId, profile_id: profileId, kind, ...change })
    .onConflict((conflict) =>
      conflict.columns(['profile_id', 'kind']).doUpdateSet({
        memories: sql`memory_statistics.memories + excluded.memories`,
        terms: sql`memory_statistics.terms + excluded.terms`,
      }),
    )
    .execute();
}

/** Deletes the postings of one memory that carry one of these terms, and returns them. */
export async function deletePostings(
  tx: Tx,
  { profileId, kind }: IndexRef,
  memoryId: string,
  terms: readonly string[],
): Promise<MemoryTermRow[]> {
  if (terms.length === 0) return [];
  return tx
    .deleteFrom('memory_terms')
    .where('profile_id', '=', profileId)
    .where('kind', '=', kind)
    .where('term', 'in', terms)
    .where('memory_id', '=', memoryId)
    .returningAll()
    .execute();
}

/** Deletes what is left of one memory, whatever its terms: reads all postings of the profile, so it is the exception. */
export async function deleteAllPostings(
  tx: Tx,
  { profileId, kind }: IndexRef,
  memoryId: string,
): Promise<MemoryTermRow[]> {
  return tx
    .deleteFrom('memory_terms')
    .where('profile_id', '=', profileId)
    .where('kind', '=', kind)
    .where('memory_id', '=', memoryId)
    .returningAll()
    .execute();
}

export async function findStatistics(
  reader: Reader,
  { profileId, kind }: IndexRef,
): Promise<CollectionStatistics> {
  const row = await reader
    .selectFrom('memory_statistics')
    .select(['memories', 'terms'])
    .where('profile_id', '=', profileId)
    .where('kind', '=', kind)
    .executeTakeFirst();
  return row ?? { memories: 0, terms: 0 };
}

export async function findPostings(
  reader: Reader,
  { profileId, kind }: IndexRef,
  terms: readonly string[],
): Promise<Posting[]> {
  if (terms.length === 0) return [];
  return reader
    .selectFrom('memory_terms')
    .select(['term', 'memory_id as memoryId', 'frequency', 'length'])
    .where('profile_id', '=', profileId)
    .where('kind', '=', kind)
    .where('term', 'in', terms)
    .execute();
}

/** Hands a profile's whole index to another one, totals included. */
export async function moveIndex(
  tx: Tx,
  accountId: string,
  fromProfileId: string,
  toProfileId: string,
): Promise<void> {
  await tx
    .updateTable('memory_terms')
    .set({ profile_id: toProfileId })
    .where('profile_id', '=', fromProfileId)
    .execute();
  const statistics = await tx
    .deleteFrom('memory_statistics')
    .where('profile_id', '=', fromProfileId)
    .returningAll()
    .execute();
  for (const { kind, memories, terms } of statistics) {
    await changeStatistics(tx, { accountId, profileId: toProfileId, kind }, { memories, terms });
  }
}

const memoriesPerStatement = 500;

/** Hands some memories of a profile to another in the index, totals included. */
export async function moveIndexOf(
  tx: Tx,
  accountId: string,
  fromProfileId: string,
  toProfileId: string,
  memoryIds: readonly string[],
): Promise<void> {
  for (let start = 0; start < memoryIds.length; start += memoriesPerStatement) {
    const moved = await tx
      .updateTable('memory_terms')
      .set({ profile_id: toProfileId })
      .where('profile_id', '=', fromProfileId)
      .where('memory_id', 'in', memoryIds.slice(start, start + memoriesPerStatement))
      .returning(['kind', 'memory_id', 'frequency'])
      .execute();
    for (const [kind, rows] of Map.groupBy(moved, (row) => row.kind)) {
      const memories = new Set(rows.map((row) => row.memory_id)).size;
      const terms = rows.reduce((sum, row) => sum + row.frequency, 0);
      await changeStatistics(
        tx,
        { accountId, profileId: fromProfileId, kind },
        { memories: -memories, terms: -terms },
      );
      await changeStatistics(tx, { accountId, profileId: toProfileId, kind }, { memories, terms });
    }
  }
}

export async function deleteIndexOf(tx: Tx, profileId: string): Promise<void> {
  await tx.deleteFrom('memory_terms').where('profile_id', '=', profileId).execute();
  await tx.deleteFrom('memory_statistics').where('profile_id', '=', profileId).execute();
}
