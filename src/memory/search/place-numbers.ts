/** As many as V8 keeps beside its own objects, rather than in memory of their own. */
const capacityMin = 16;

/** A number for each place of an index, by place. What is read of it in a loop is an array of the machine's own integers. */
export class PlaceNumbers {
  #values = new Int32Array(capacityMin);
  #length = 0;

  /** By place. Made anew when it grows, so it is not to be kept; what lies beyond the places means nothing. */
  get values(): Int32Array {
    return this.#values;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  set(place: number, value: number): void {
    this.#values[place] = value;
  }

  #grow(): void {
    const grown = new Int32Array(this.#values.length * 2);
    grown.set(this.#values);
    this.#values = grown;
  }
}
