import { sql } from 'kysely';
import {
  type MemoryKind,
  type MemoryVectorRow,
  moveSome,
  type ObservationRow,
  type Reader,
  type Tx,
} from '../../storage/index.ts';
import { type MemoryOwner, toVectorBytes, toVectorText } from '../search/index.ts';

const tableOf = { observation: 'observations', summary: 'conversation_summaries' } as const;
const kinds: readonly MemoryKind[] = ['observation', 'summary'];

/** A memory that has no vector of the model, or one of an earlier text. */
export interface UnembeddedMemory {
  readonly kind: MemoryKind;
  readonly id: string;
  readonly content: string;
  readonly version: number;
}

/** What both kinds of memories have. */
type EmbeddableRow = Pick<ObservationRow, 'id' | 'profile_id' | 'content' | 'memory_version'>;

/** Some of the profile's memories that are to be embedded, in the order of their ids. */
export async function listUnembedded(
  reader: Reader,
  profileId: string,
  model: string,
  max: number,
): Promise<UnembeddedMemory[]> {
  const found: UnembeddedMemory[] = [];
  for (const kind of kinds) {
    if (found.length >= max) break;
    found.push(...(await listUnembeddedOf(reader, kind, { profileId, model, max: max - found.length })));
  }
  return found;
}

async function listUnembeddedOf(
  reader: Reader,
  kind: MemoryKind,
  { profileId, model, max }: { profileId: string; model: string; max: number },
): Promise<UnembeddedMemory[]> {
  const rows = await reader
    .selectFrom(sql<EmbeddableRow>`${sql.table(tableOf[kind])}`.as('memories'))
    .leftJoin('memory_vectors as vectors', (join) =>
      join
        .onRef('vectors.profile_id', '=', 'memories.profile_id')
        .on('vectors.kind', '=', kind)
        .onRef('vectors.memory_id', '=', 'memories.id'),
    )
    .select(['memories.id', 'memories.content', 'memories.memory_version as version'])
    .where('memories.profile_id', '=', profileId)
    .where((where) =>
      where.or([
        where('vectors.memory_id', 'is', null),
        where('vectors.model', '<>', model),
        where('vectors.memory_version', '<', where.ref('memories.memory_version')),
      ]),
    )
    .orderBy('memories.id')
    .limit(max)
    .execute();
  return rows.map((row) => ({ kind, ...row }));
}

/** Those of the memories that still are as they were read. */
export async function keepUnchanged<Memory extends UnembeddedMemory>(
  reader: Reader,
  profileId: string,
  memories: readonly Memory[],
): Promise<Memory[]> {
  const current = new Map<string, number>();
  for (const kind of kinds) {
    const ids = memories.filter((memory) => memory.kind === kind).map(({ id }) => id);
    if (ids.length === 0) continue;
    const rows = await reader
      .selectFrom(tableOf[kind])
      .select(['id', 'memory_version'])
      .where('profile_id', '=', profileId)
      .where('id', 'in', ids)
      .execute();
    for (const { id, memory_version } of rows) current.set(id, memory_version);
  }
  return memories.filter(({ id, version }) => current.get(id) === version);
}

/** Whose vectors are written, of which model, and with which version of the profile's memories. */
export interface VectorsWritten {
  readonly owner: MemoryOwner;
  readonly model: string;
  readonly version: number;
  /** In pgvector's form too, which the database must have; false by default. */
  readonly hasPgvector?: boolean | undefined;
}

/** A memory with its vector, of length 1. */
export interface MemoryVector {
  readonly kind: MemoryKind;
  readonly id: string;
  readonly vector: Float32Array;
}

/** Gives memories these vectors, in place of earlier ones. */
export async function upsertVectors(
  tx: Tx,
  { owner, model, version, hasPgvector = false }: VectorsWritten,
  memories: readonly MemoryVector[],
): Promise<void> {
  if (memories.length === 0) return;
  const rows = memories.map(
    ({ kind, id, vector }): MemoryVectorRow => ({
      account_id: owner.accountId,
      profile_id: owner.profileId,
      kind,
      memory_id: id,
      model,
      memory_version: version,
      vector: toVectorBytes(vector),
      ...(hasPgvector && { embedding: toVectorText(vector), embedding_version: version }),
    }),
  );
  await tx
    .insertInto('memory_vectors')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['profile_id', 'kind', 'memory_id']).doUpdateSet((update) => ({
        model: update.ref('excluded.model'),
        memory_version: update.ref('excluded.memory_version'),
        vector: update.ref('excluded.vector'),
        ...(hasPgvector && {
          embedding: update.ref('excluded.embedding'),
          embedding_version: update.ref('excluded.embedding_version'),
        }),
      })),
    )
    .execute();
}

export async function deleteVectors(
  tx: Tx,
  profileId: string,
  kind: MemoryKind,
  memoryIds: readonly string[],
): Promise<void> {
  await tx
    .deleteFrom('memory_vectors')
    .where('profile_id', '=', profileId)
    .where('kind', '=', kind)
    .where('memory_id', 'in', memoryIds)
    .execute();
}

export async function deleteVectorsOf(tx: Tx, profileId: string): Promise<void> {
  await tx.deleteFrom('memory_vectors').where('profile_id', '=', profileId).execute();
}

/** All vectors of a profile become another's. */
export async function moveVectors(tx: Tx, fromProfileId: string, toProfileId: string): Promise<void> {
  await tx
    .updateTable('memory_vectors')
    .set({ profile_id: toProfileId })
    .where('profile_id', '=', fromProfileId)
    .execute();
}

/** The vectors of some memories go to another profile. */
export async function moveSomeVectors(
  tx: Tx,
  fromProfileId: string,
  toProfileId: string,
  memoryIds: readonly string[],
): Promise<void> {
  const tables = [{ table: 'memory_vectors', by: 'memory_id' }] as const;
  await moveSome(tx, tables, { fromProfileId, toProfileId }, memoryIds);
}

/** The profile that the id leads to; undefined when there is none. */
export async function findSurvivorId(
  reader: Reader,
  { accountId, profileId }: MemoryOwner,
): Promise<string | undefined> {
  const row = await reader
    .selectFrom('profiles')
    .select(['id', 'merged_into'])
    .where('id', '=', profileId)
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  return row?.merged_into ?? row?.id;
}

/** Profiles with memories, of any account, by id. */
export async function listProfilesAfter(
  reader: Reader,
  profileId: string,
  max: number,
): Promise<MemoryOwner[]> {
  return reader
    .selectFrom('memory_versions')
    .select(['account_id as accountId', 'profile_id as profileId'])
    .where('profile_id', '>', profileId)
    .orderBy('profile_id')
    .limit(max)
    .execute();
}

/** How many memories there are, of all accounts, and how many of them have a vector of the model and of their present text. */
export async function countEmbedded(
  reader: Reader,
  model: string,
): Promise<{ memories: number; embedded: number }> {
  const counts = { memories: 0, embedded: 0 };
  for (const kind of kinds) {
    const row = await reader
      .selectFrom(sql<EmbeddableRow>`${sql.table(tableOf[kind])}`.as('memories'))
      .leftJoin('memory_vectors as vectors', (join) =>
        join
          .onRef('vectors.profile_id', '=', 'memories.profile_id')
          .on('vectors.kind', '=', kind)
          .onRef('vectors.memory_id', '=', 'memories.id')
          .on('vectors.model', '=', model)
          .onRef('vectors.memory_version', '>=', 'memories.memory_version'),
      )
      .select((select) => [
        select.fn.countAll<number>().as('memories'),
        select.fn.count<number>('vectors.memory_id').as('embedded'),
      ])
      .executeTakeFirstOrThrow();
    counts.memories += Number(row.memories);
    counts.embedded += Number(row.embedded);
  }
  return counts;
}

const onlyRow = 'memories';

/** The model that all memories were asked to be embedded for last. */
export async function findEmbeddedModel(reader: Reader): Promise<string | undefined> {
  const row = await reader
    .selectFrom('embedding_models')
    .select('model')
    .where('id', '=', onlyRow)
    .executeTakeFirst();
  return row?.model;
}

export async function saveEmbeddedModel(tx: Tx, model: string): Promise<void> {
  await tx
    .insertInto('embedding_models')
    .values({ id: onlyRow, model })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ model }))
    .execute();
}
