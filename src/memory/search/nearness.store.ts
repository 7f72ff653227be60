import { sql } from 'kysely';
import type { MemoryKind, MemoryVectorRow, Reader } from '../../storage/index.ts';
import { toVectorText } from './vector-bytes.ts';

/** The vectors of one model that a profile's memories have. */
export interface VectorOwner {
  readonly profileId: string;
  readonly model: string;
}

/** How near the vector of a memory is to another. */
export interface CosineRow {
  readonly kind: MemoryKind;
  readonly memory_id: string;
  readonly memory_version: number;
  /** Null when the database cannot compare the two: it has this one as bytes only, or it is of another dimension. */
  readonly cosine: number | null;
}

/** The cosine of each of the profile's vectors with this one, by pgvector, which the database must have. */
export async function listCosines(
  reader: Reader,
  { profileId, model }: VectorOwner,
  vector: Float32Array,
): Promise<CosineRow[]> {
  // The length of the bytes is read without reading them. Of vectors of length 1 the inner product is the cosine.
  const isComparable = sql`embedding_version = memory_version and octet_length(vector) = ${vector.byteLength}`;
  const cosine = sql<number>`-(embedding <#> ${toVectorText(vector)}::vector)`;
  return reader
    .selectFrom('memory_vectors')
    .select(['kind', 'memory_id', 'memory_version'])
    .select(sql<number | null>`case when ${isComparable} then ${cosine} end`.as('cosine'))
    .where('profile_id', '=', profileId)
    .where('model', '=', model)
    .execute();
}

/** The vectors of some of the profile's memories, on PostgreSQL. */
export async function listVectorsOf(
  reader: Reader,
  { profileId, model }: VectorOwner,
  memoryIds: readonly string[],
): Promise<Pick<MemoryVectorRow, 'kind' | 'memory_id' | 'vector'>[]> {
  return reader
    .selectFrom('memory_vectors')
    .select(['kind', 'memory_id', 'vector'])
    .where('profile_id', '=', profileId)
    .where('model', '=', model)
    .where(sql<boolean>`memory_id = any(${memoryIds})`)
    .execute();
}
