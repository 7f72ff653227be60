import type { MemoryIndex } from './memory-index.ts';
import type { CosineRow } from './nearness.store.ts';

/** How near memories of an index are to a vector: their places and, in the same order, their cosines with it. */
export interface Nearness {
  readonly places: readonly number[];
  readonly cosines: Float64Array;
}

/** By the vectors that the index holds. */
export function compareHere(index: MemoryIndex, vector: Float32Array): Nearness {
  return { places: index.vectors.places, cosines: index.vectors.cosines(vector) };
}

/** By what the database answered for those memories of the index that `isOfItsText` knows the vectors of. */
export function placeCosines(
  index: MemoryIndex,
  rows: readonly CosineRow[],
  isOfItsText: (row: CosineRow) => boolean,
): Nearness {
  const places: number[] = [];
  const cosines: number[] = [];
  for (const row of rows) {
    const place = index.placeOf(row.memory_id);
    if (place === undefined || row.cosine === null || !isOfItsText(row)) continue;
    places.push(place);
    cosines.push(row.cosine);
  }
  return { places, cosines: Float64Array.from(cosines) };
}
