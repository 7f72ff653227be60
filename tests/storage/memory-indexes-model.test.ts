import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deleteVectorsOf, moveVectors, upsertVectors } from '../../src/memory/embeddings/embedding.store.ts';
import {
  deleteObservationRows,
  deleteObservationsOf,
  insertObservations,
  moveObservations,
} from '../../src/memory/observations/observation.store.ts';
import {
  deleteMemoryVersion,
  MemoryIndexes,
  nextMemoryVersion,
  noteMemoriesMoved,
  type OpenedIndexes,
} from '../../src/memory/search/index.ts';
import type { Database, Reader, Tx } from '../../src/storage/index.ts';
import { describeOnEachDatabase, describeOnPgvector, type TestDatabases } from '../support/databases.ts';
import { accountId, observationRow } from '../support/rows.ts';

const model = 'some-model';
const query = Float32Array.of(1, 0);
/** By angle: directions that stay what they are when they are rounded, so that process and database tell the same cosines. */
const directions = [
  [1, 0],
  [Math.SQRT1_2, Math.SQRT1_2],
  [0, 1],
  [-Math.SQRT1_2, Math.SQRT1_2],
  [-1, 0],
  [-Math.SQRT1_2, -Math.SQRT1_2],
  [0, -1],
] as const;
const profiles = ['a', 'b'] as const;
type Profile = (typeof profiles)[number];

type Change =
  | { kind: 'write'; profile: Profile; id: string; word: string }
  | { kind: 'embed'; profile: Profile; angle: number; isOfOlderProcess: boolean }
  | { kind: 'remove'; profile: Profile; id: string }
  | { kind: 'merge' }
  | { kind: 'erase'; profile: Profile };

const profile = fc.constantFrom(...profiles);
const id = fc.constantFrom('m1', 'm2', 'm3', 'm4');
const anyChange: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      profile,
      id,
      word: fc.constantFrom('tea', 'lamp', 'bike'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('embed' as const),
      profile,
      angle: fc.integer({ min: 0, max: directions.length - 1 }),
      // One that knows nothing of pgvector.
      isOfOlderProcess: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), profile, id }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'merge' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('erase' as const), profile }) },
);

/** Rows have the name of their first profile in their ids, so that a merge brings no two together. */
async function apply(db: Database, change: Change): Promise<void> {
  await db.transaction(async (tx) => {
    if (change.kind === 'merge') return merge(tx);
    if (change.kind === 'write') return write(tx, change.profile, change.profile + change.id, change.word);
    if (change.kind === 'embed') return embed(tx, change, db.pgvector?.isUsed);
    if (change.kind === 'erase') return erase(tx, change.profile);
    await deleteObservationRows(tx, change.profile, [change.profile + change.id]);
    await nextMemoryVersion(tx, { accountId, profileId: change.profile }, { removes: true });
  });
}

async function write(tx: Tx, profileId: string, rowId: string, word: string): Promise<void> {
  const memory_version = await nextMemoryVersion(tx, { accountId, profileId });
  await tx.deleteFrom('observations').where('profile_id', '=', profileId).where('id', '=', rowId).execute();
  const content = `${word} of ${rowId}`;
  await insertObservations(tx, [observationRow(rowId, { profile_id: profileId, content, memory_version })]);
}

async function embed(
  tx: Tx,
  { profile: profileId, angle, isOfOlderProcess }: Change & { kind: 'embed' },
  hasPgvector = false,
): Promise<void> {
  const owner = { accountId, profileId };
  const version = await nextMemoryVersion(tx, owner);
  const vector = Float32Array.from(directions[angle] ?? query);
  const memories = (await idsOf(tx, profileId)).map((id) => ({ kind: 'observation' as const, id, vector }));
  const isKnown = hasPgvector && !isOfOlderProcess;
  await upsertVectors(tx, { owner, model, version, hasPgvector: isKnown }, memories);
}

/** The second profile's memories become the first one's, but for those that went that way before. */
async function merge(tx: Tx): Promise<void> {
  const before = (await idsOf(tx, 'a')).filter((rowId) => rowId.startsWith('b'));
  if (before.length > 0) await deleteObservationRows(tx, 'a', before);
  await moveObservations(tx, 'b', 'a');
  await moveVectors(tx, 'b', 'a');
  await noteMemoriesMoved(tx, accountId, ['b', 'a']);
}

/** As the deletion of a profile does it. */
async function erase(tx: Tx, profileId: string): Promise<void> {
  await deleteObservationsOf(tx, profileId);
  await deleteVectorsOf(tx, profileId);
  await deleteMemoryVersion(tx, profileId);
}

async function idsOf(reader: Reader, profileId: string): Promise<string[]> {
  const rows = await reader
    .selectFrom('observations')
    .select('id')
    .where('profile_id', '=', profileId)
    .execute();
  return rows.map((row) => row.id);
}

/** All that is found by an index, by id: its terms, and how near it is to a vector. */
function describeIndex({ observation: index, nearness }: OpenedIndexes): Record<string, unknown> {
  const { places, cosines } = nearness?.observation ?? { places: [], cosines: [] };
  const near = new Map(places.map((place, row) => [place, cosines[row]?.toFixed(5)]));
  const found: Record<string, unknown> = { size: index.size };
  for (const term of [...index.vocabulary()].sort()) {
    for (const place of index.postings(term)?.places ?? []) {
      const document = index.document(place);
      found[document.id] = { terms: [...document.terms.keys()].sort(), near: near.get(place) };
    }
  }
  return found;
}

/** Room for one of the profiles at most. */
const littleBytes = 20_000;

function test(databases: TestDatabases): void {
  it('are those that would be made anew, after each write, removal, merge and erasure, and stay within their bound', async () => {
    const db = await databases.open();
    const canCompareThere = db.pgvector?.isUsed;
    const runs = databases.engine === 'SQLite' ? 30 : 6;
    await fc.assert(
      fc.asyncProperty(fc.array(anyChange, { minLength: 4, maxLength: 14 }), async (changes) => {
        for (const one of profiles) await apply(db, { kind: 'erase', profile: one });
        const options = { model, canCompareThere, leftFromMemories: 1 };
        const kept = new MemoryIndexes({ bytesMax: 1e9, ...options });
        const bounded = new MemoryIndexes({ bytesMax: littleBytes, ...options });
        for (const change of changes) {
          await apply(db, change);
          for (const one of profiles) {
            const anew = await new MemoryIndexes({ bytesMax: 1e9, model }).open(db.reader, one, query);
            const expected = describeIndex(anew);
            for (const indexes of [kept, bounded]) {
              expect(describeIndex(await indexes.open(db.reader, one, query))).toEqual(expected);
            }
            expect(bounded.size.bytes).toBeLessThanOrEqual(littleBytes);
          }
        }
      }),
      { numRuns: runs },
    );
  });
}

describeOnEachDatabase('the indexes that are kept in memory', test);
describeOnPgvector('the indexes that are kept in memory', test);
