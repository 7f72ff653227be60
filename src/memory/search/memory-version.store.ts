import { sql } from 'kysely';
import { type MemoryKind, prepared, type Reader, type Tx } from '../../storage/index.ts';

/** The profile whose memories are written. */
export interface MemoryOwner {
  readonly accountId: string;
  readonly profileId: string;
}

export interface MemoryVersion {
  readonly version: number;
  readonly rebuiltAtVersion: number;
}

/**
 * Counts a write to a profile's memories and answers the new version, which goes on every row that is added or changed.
 * `removes`: rows went, or came from another profile with versions of their own; then everything is read anew. Until the
 * transaction ends nobody else gets a version, so versions are in the order of commits.
 */
export async function nextMemoryVersion(
  tx: Tx,
  { accountId, profileId }: MemoryOwner,
  { removes = false, atLeast = 0 }: { removes?: boolean; atLeast?: number } = {},
): Promise<number> {
  const version = { account_id: accountId, profile_id: profileId, at_least: atLeast };
  const [row] = await (removes ? countRemoval : countWrite)(tx, version);
  if (!row) throw new Error('a version that was counted is answered');
  return row.version;
}

interface NextVersion {
  readonly account_id: string;
  readonly profile_id: string;
  readonly at_least: number;
}

const countWrite = prepared((tx: Tx, next: NextVersion) => countedUp(tx, next, false));
const countRemoval = prepared((tx: Tx, next: NextVersion) => countedUp(tx, next, true));

function countedUp(tx: Tx, { at_least, ...key }: NextVersion, removes: boolean) {
  const after = sql<number>`cast(${at_least} as bigint) + 1`;
  const next = sql<number>`case when memory_versions.version > ${at_least} then memory_versions.version + 1 else ${after} end`;
  return tx
    .insertInto('memory_versions')
    .values({ ...key, version: after, rebuilt_at_version: removes ? after : 0 })
    .onConflict((conflict) =>
      conflict
        .column('profile_id')
        .doUpdateSet({ version: next, ...(removes ? { rebuilt_at_version: next } : {}) }),
    )
    .returning('version');
}

const selectVersion = prepared((reader, { profileId }: { profileId: string }) =>
  reader
    .selectFrom('memory_versions')
    .select(['version', 'rebuilt_at_version as rebuiltAtVersion'])
    .where('profile_id', '=', profileId),
);

/** Version 0 for a profile whose memories were never written. */
export async function findMemoryVersion(reader: Reader, profileId: string): Promise<MemoryVersion> {
  const [row] = await selectVersion(reader, { profileId });
  return row ?? { version: 0, rebuiltAtVersion: 0 };
}

/** After memories went from one profile to another: both are read anew, and neither has a version that the other had. */
export async function noteMemoriesMoved(
  tx: Tx,
  accountId: string,
  profileIds: readonly [string, string],
): Promise<void> {
  const versions: number[] = [];
  for (const profileId of profileIds) versions.push((await findMemoryVersion(tx, profileId)).version);
  const atLeast = Math.max(...versions);
  for (const profileId of profileIds) {
    await nextMemoryVersion(tx, { accountId, profileId }, { removes: true, atLeast });
  }
}

export async function deleteMemoryVersion(tx: Tx, profileId: string): Promise<void> {
  await tx.deleteFrom('memory_versions').where('profile_id', '=', profileId).execute();
}

/** A memory with what search needs of it. */
export interface IndexedMemoryRow {
  readonly id: string;
  readonly content: string;
  readonly occurred_at: number;
  readonly created_at: number;
  readonly conversation_ids: string;
  readonly memory_version: number;
}

/** The profile's memories that were added or changed after a version; all of them without one. */
export async function listObservationsSince(
  reader: Reader,
  profileId: string,
  version: number | undefined,
): Promise<IndexedMemoryRow[]> {
  let query = reader
    .selectFrom('observations')
    .select([
      'id',
      'content',
      'occurred_at',
      'created_at',
      'conversation_ids_json as conversation_ids',
      'memory_version',
    ])
    .where('profile_id', '=', profileId);
  if (version !== undefined) query = query.where('memory_version', '>', version);
  return query.execute();
}

/** The same of summaries, each of which has one conversation. */
export async function listSummariesSince(
  reader: Reader,
  profileId: string,
  version: number | undefined,
): Promise<IndexedMemoryRow[]> {
  let query = reader
    .selectFrom('conversation_summaries')
    .select([
      'id',
      'content',
      'occurred_at',
      'created_at',
      'memory_version',
      sql<string>`'["' || conversation_id || '"]'`.as('conversation_ids'),
    ])
    .where('profile_id', '=', profileId);
  if (version !== undefined) query = query.where('memory_version', '>', version);
  return query.execute();
}

/** The vector of a memory with what search needs of it. */
export interface IndexedVectorRow {
  readonly kind: MemoryKind;
  readonly memory_id: string;
  readonly memory_version: number;
  readonly vector: Uint8Array;
}

/** A model's vectors of the profile's memories that were written after a version; all of them without one. */
export async function listVectorsSince(
  reader: Reader,
  profileId: string,
  model: string,
  version: number | undefined,
): Promise<IndexedVectorRow[]> {
  let query = reader
    .selectFrom('memory_vectors')
    .select(['kind', 'memory_id', 'memory_version', 'vector'])
    .where('profile_id', '=', profileId)
    .where('model', '=', model);
  if (version !== undefined) query = query.where('memory_version', '>', version);
  return query.execute();
}
