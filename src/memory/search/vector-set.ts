/** Rows by which the matrix grows at least. */
const growthMin = 8;

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
    multiply(this.#matrix, Float64Array.from(vector), cosines);
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

/**
 * The product of each row of the matrix with the vector, as many rows as there are products. Eight rows at a time, which the
 * processor works on side by side, take half as long as one. A row's product is the same to the last bit wherever it stands.
 */
function multiply(matrix: Float32Array, vector: Float64Array, products: Float64Array): void {
  const dimension = vector.length;
  const wholeEights = products.length - (products.length % 8);
  for (let row = 0; row < wholeEights; row += 8) multiplyEight(matrix, row, vector, products);
  for (let row = wholeEights; row < products.length; row += 1) {
    products[row] = dot(matrix, row * dimension, vector, 0, dimension);
  }
}

function multiplyEight(
  matrix: Float32Array,
  row: number,
  vector: Float64Array,
  products: Float64Array,
): void {
  const dimension = vector.length;
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  let at = row * dimension;
  // Indexes are within bounds by arithmetic; a check in this loop would cost as much as the loop.
  for (let part = 0; part < dimension; part += 1) {
    const value = vector[part] as number;
    a += (matrix[at] as number) * value;
    b += (matrix[at + dimension] as number) * value;
    c += (matrix[at + 2 * dimension] as number) * value;
    d += (matrix[at + 3 * dimension] as number) * value;
    e += (matrix[at + 4 * dimension] as number) * value;
    f += (matrix[at + 5 * dimension] as number) * value;
    g += (matrix[at + 6 * dimension] as number) * value;
    h += (matrix[at + 7 * dimension] as number) * value;
    at += 1;
  }
  products.set([a, b, c, d, e, f, g, h], row);
}

function dot(
  a: Float32Array,
  aStart: number,
  b: Float32Array | Float64Array,
  bStart: number,
  length: number,
): number {
  let sum = 0;
  for (let at = 0; at < length; at += 1) sum += (a[aStart + at] as number) * (b[bStart + at] as number);
  return sum;
}
