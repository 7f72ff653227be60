import type { MemoryKind, Reader } from '../../storage/index.ts';
import { addPairs, choosePairs, comparePairs, noPairs, type PairSums } from './agreement.ts';
import type { MemoryIndex } from './memory-index.ts';
import { type CosineRow, listVectorsOf, type VectorOwner } from './nearness.store.ts';
import { type Nearness, placeCosines } from './nearness.ts';
import { toVector } from './vector-bytes.ts';
import { VectorSet } from './vector-set.ts';

/** What is known of a profile's vectors that were left in the database. */
export interface LeftVectors {
  /** By memory: its version in the index. */
  readonly written: Map<string, number>;
  /** How often the database has compared them. */
  comparisons: number;
  /** How many there were when some of them were last compared with each other; 0 before that. */
  sampled: number;
}

/** As with vectors that are held: when a quarter of them is new. */
export function isSampleOld({ sampled }: LeftVectors, vectors: number): boolean {
  return vectors - sampled > vectors / 4;
}

type Indexes = Readonly<Record<MemoryKind, MemoryIndex>>;
type NearnessByKind = Readonly<Record<MemoryKind, Nearness>>;

/**
 * What the database answered, put to memories of the indexes. A vector of an earlier text than the index has is left out, and so
 * is one that was written after the index was last refreshed: the memory may have another text by then.
 */
export function toNearness(
  { observation, summary, version }: Indexes & { readonly version: number },
  { written }: LeftVectors,
  rows: readonly CosineRow[],
): NearnessByKind {
  const isOfItsText = ({ memory_id, memory_version }: CosineRow) =>
    memory_version >= (written.get(memory_id) ?? 0) && memory_version <= version;
  const { observation: ofObservations = [], summary: ofSummaries = [] } = Object.groupBy(
    rows,
    ({ kind }) => kind,
  );
  return {
    observation: placeCosines(observation, ofObservations, isOfItsText),
    summary: placeCosines(summary, ofSummaries, isOfItsText),
  };
}

/** Reads the few vectors that are compared with each other for the trust in them: the pairs are those of indexes that hold all. */
export async function sampleLeft(
  reader: Reader,
  owner: VectorOwner,
  { observation, summary }: Indexes,
  near: NearnessByKind,
): Promise<PairSums> {
  // Chosen at once: the indexes may change while vectors are read.
  const samples = [choose(observation, near.observation), choose(summary, near.summary)];
  const rows = await listVectorsOf(
    reader,
    owner,
    samples.flatMap(({ placeOf }) => [...placeOf.keys()]),
  );
  const [ofObservations, ofSummaries] = samples.map(({ pairs, placeOf }) => {
    const vectors = new VectorSet();
    for (const { memory_id, vector } of rows) {
      const place = placeOf.get(memory_id);
      if (place !== undefined) vectors.put(place, toVector(vector));
    }
    return comparePairs(pairs, vectors);
  });
  return addPairs(ofObservations ?? noPairs, ofSummaries ?? noPairs);
}

function choose(index: MemoryIndex, { places }: Nearness) {
  const pairs = choosePairs(index, places);
  const placeOf = new Map<string, number>();
  for (const place of new Set(pairs.flatMap((pair) => [pair.place, pair.other]))) {
    placeOf.set(index.document(place).id, place);
  }
  return { pairs, placeOf };
}
