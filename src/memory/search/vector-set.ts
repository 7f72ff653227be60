/** Rows by which the matrix grows at least. */
const growthMin = 64;

/** The vectors of an index by place, in one matrix. All are of the dimension of the first one and of length 1. */
export class VectorSet {
  #dimension = 0;
  #matrix = new Float32Array(0);
  readonly #places: number[] = [];
  readonly #rowOf = new Map<number, number>();
  #changes = 0;

  get size(): number {
    return this.#places.length;
  }

  get bytes(): number {
    return this.#matrix.byteLength + this.size * 48;
  }

  /** Counts what was added and removed. */
  get changes(): number {
    return this.#changes;
  }

  /** Places that have a vector, in the order of `cosines`. */
  get places(): readonly number[] {
    return this.#places;
  }

  /** A vector of another dimension cannot be compared, and is left out. */
  put(place: number, vector: Float32Array): void {
    if (this.size === 0) this.#dimension = vector.length;
    if (vector.length !== this.#dimension) {
      this.remove(place);
      return;
    }
    let row = this.#rowOf.get(place);
    if (row === undefined) {
      row = this.#places.push(place) - 1;
      this.#rowOf.set(place, row);
    }
    this.#reserve(this.size * this.#dimension);
    this.#matrix.set(vector, row * this.#dimension);
    this.#changes += 1;
  }

  /** The last row takes the place of the one that goes. */
  remove(place: number): void {
    const row = this.#rowOf.get(place);
    const last = this.size - 1;
    const lastPlace = this.#places[last];
    if (row === undefined || lastPlace === undefined) return;
    this.#matrix.copyWithin(row * this.#dimension, last * this.#dimension, (last + 1) * this.#dimension);
    this.#places[row] = lastPlace;
    this.#rowOf.set(lastPlace, row);
    this.#places.pop();
    this.#rowOf.delete(place);
    this.#changes += 1;
  }

  /** The cosine of each vector with this one, in the order of `places`; empty when it is of another dimension. */
  cosines(vector: Float32Array): Float64Array {
    if (vector.length !== this.#dimension) return new Float64Array(0);
    const cosines = new Float64Array(this.size);
    for (let row = 0; row < cosines.length; row += 1) {
      cosines[row] = dot(this.#matrix, row * this.#dimension, vector, 0, this.#dimension);
    }
    return cosines;
  }

  /** The cosine of two places; undefined unless both have a vector. */
  cosine(place: number, other: number): number | undefined {
    const [a, b] = [this.#rowOf.get(place), this.#rowOf.get(other)];
    if (a === undefined || b === undefined) return undefined;
    const dimension = this.#dimension;
    return dot(this.#matrix, a * dimension, this.#matrix, b * dimension, dimension);
  }

  #reserve(length: number): void {
    if (length <= this.#matrix.length) return;
    const grown = new Float32Array(Math.max(length * 1.5, growthMin * this.#dimension));
    grown.set(this.#matrix);
    this.#matrix = grown;
  }
}

/** Four sums at a time, which the processor adds side by side. */
function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, length: number): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  let at = 0;
  // Indexes are within bounds by the callers' arithmetic; a check in this loop would cost as much as the loop.
  for (; at + 3 < length; at += 4) {
    first += (a[aStart + at] as number) * (b[bStart + at] as number);
    second += (a[aStart + at + 1] as number) * (b[bStart + at + 1] as number);
    third += (a[aStart + at + 2] as number) * (b[bStart + at + 2] as number);
    fourth += (a[aStart + at + 3] as number) * (b[bStart + at + 3] as number);
  }
  for (; at < length; at += 1) first += (a[aStart + at] as number) * (b[bStart + at] as number);
  return first + second + third + fourth;
}
