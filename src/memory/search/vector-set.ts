import { lanes, multiplyRows } from './dot-products.ts';

/** Rows by which the matrix grows at least. */
const growthMin = 2;
/** The largest number of a row, and of a vector that rows are compared with: that of a long one is as large as sums of 32 bits allow. */
const rowMax = 2047;
const queryMax = 32_767;
const sumMax = 2 ** 31 - 1;

/**
 * The vectors of an index by place, in one matrix. All are of the dimension of the first one. What is compared are their directions,
 * with numbers rounded to 12 bits: cosines differ from those of the vectors themselves in the fifth decimal (decision 0030).
 */
export class VectorSet {
  #dimension = 0;
  #width = 0;
  #matrix = new Int16Array(0);
  /** By row: its length, in the unit of its numbers. */
  readonly #lengths: number[] = [];
  readonly #places: number[] = [];
  readonly #rowOf = new Map<number, number>();
  #changes = 0;

  get size(): number {
    return this.#places.length;
  }

  get bytes(): number {
    return this.#matrix.byteLength + this.size * 56;
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
    if (this.size === 0) this.#setDimension(vector.length);
    if (vector.length !== this.#dimension) {
      this.remove(place);
      return;
    }
    let row = this.#rowOf.get(place);
    if (row === undefined) {
      row = this.#places.push(place) - 1;
      this.#rowOf.set(place, row);
    }
    this.#reserve(this.size * this.#width);
    this.#lengths[row] = writeRounded(this.#matrix, row * this.#width, vector, rowMax);
    this.#changes += 1;
  }

  /** The last row takes the place of the one that goes. */
  remove(place: number): void {
    const row = this.#rowOf.get(place);
    const last = this.size - 1;
    const lastPlace = this.#places[last];
    if (row === undefined || lastPlace === undefined) return;
    this.#matrix.copyWithin(row * this.#width, last * this.#width, (last + 1) * this.#width);
    this.#lengths[row] = this.#lengths[last] ?? 0;
    this.#places[row] = lastPlace;
    this.#rowOf.set(lastPlace, row);
    this.#lengths.pop();
    this.#places.pop();
    this.#rowOf.delete(place);
    this.#changes += 1;
  }

  /** The cosine of each vector with this one, in the order of `places`; empty when it is of another dimension. */
  cosines(vector: Float32Array): Float64Array {
    if (vector.length !== this.#dimension) return new Float64Array(0);
    const asked = new Int16Array(this.#width);
    const askedMax = Math.min(queryMax, Math.floor((4 * sumMax) / (rowMax * this.#width)));
    const askedLength = writeRounded(asked, 0, vector, askedMax);
    const cosines = new Float64Array(this.size);
    multiplyRows(this.#matrix, asked, cosines);
    for (let row = 0; row < cosines.length; row += 1) {
      cosines[row] = toCosine(cosines[row] ?? 0, (this.#lengths[row] ?? 0) * askedLength);
    }
    return cosines;
  }

  /** The cosine of two places; undefined unless both have a vector. */
  cosine(place: number, other: number): number | undefined {
    const [a, b] = [this.#rowOf.get(place), this.#rowOf.get(other)];
    if (a === undefined || b === undefined) return undefined;
    const width = this.#width;
    let product = 0;
    for (let at = 0; at < width; at += 1) {
      product += (this.#matrix[a * width + at] ?? 0) * (this.#matrix[b * width + at] ?? 0);
    }
    return toCosine(product, (this.#lengths[a] ?? 0) * (this.#lengths[b] ?? 0));
  }

  /** Rows are filled up with zeros. */
  #setDimension(dimension: number): void {
    this.#dimension = dimension;
    this.#width = Math.ceil(dimension / lanes) * lanes;
    this.#matrix = new Int16Array(0);
  }

  #reserve(length: number): void {
    if (length <= this.#matrix.length) return;
    const grown = new Int16Array(Math.max(length * 1.5, growthMin * this.#width));
    grown.set(this.#matrix);
    this.#matrix = grown;
  }
}

/** Writes the direction of a vector with numbers up to `largest`; answers its length in their unit, 0 when it has none. */
function writeRounded(into: Int16Array, start: number, vector: Float32Array, largest: number): number {
  let max = 0;
  for (let at = 0; at < vector.length; at += 1) max = Math.max(max, Math.abs(vector[at] ?? 0));
  const unit = max / largest || 1;
  let squares = 0;
  for (let at = 0; at < vector.length; at += 1) {
    const rounded = Math.round((vector[at] ?? 0) / unit);
    into[start + at] = rounded;
    squares += rounded * rounded;
  }
  return Math.sqrt(squares);
}

/** Of a vector without a length there is none: 0. */
function toCosine(product: number, lengths: number): number {
  return lengths === 0 ? 0 : product / lengths;
}
