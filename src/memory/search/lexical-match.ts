import { type MemoryIndex, noPlace } from './memory-index.ts';

/** A term that is looked for, and how much it counts; 1 for the words of a query. */
export interface QueryTerm {
  readonly term: string;
  readonly weight: number;
}

interface WeightedTerm extends QueryTerm {
  /** Its weight times how rare it is. */
  readonly value: number;
}

/** Terms of a query that are looked up, those that count most: each has a bit in one of two masks. */
export const queryTermsMax = 64;
const bitsPerMask = 32;
/** Saturation of repeated terms, and how much a document's length counts: what search toolkits use for short passages. */
const k1 = 0.9;
const b = 0.4;
/** A term that stands in more than this share of the documents tells them apart no more. */
const commonShare = 0.8;
const commonFrom = 50;
/** How much of a document's score its neighbours get when candidates are chosen. */
const nearShare = 0.5;
const fartherShare = 0.25;

/**
 * How well the documents of an index match some terms: BM25 of each document and of each scene as one long document, and
 * which terms stand where. The result does not depend on the order in which the index was filled.
 */
export class LexicalMatch {
  /** The highest BM25 sum that a document could reach; 1 when no term is known. */
  readonly scoreMax: number;
  readonly #index: MemoryIndex;
  readonly #terms: readonly WeightedTerm[];
  readonly #valueSum: number;
  readonly #scores: Float64Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #matched: number[] = [];
  readonly #sceneScores: Float64Array;
  readonly #sceneTops = new Map<number, number>();
  #sceneBest = 0;

  constructor(index: MemoryIndex, terms: readonly QueryTerm[]) {
    this.#index = index;
    this.#terms = chooseTerms(index, terms);
    this.#valueSum = sum(this.#terms) || 1;
    this.scoreMax = sum(this.#terms.filter(({ term }) => index.has(term))) * (k1 + 1) || 1;
    this.#scores = new Float64Array(index.placesEnd);
    this.#low = new Int32Array(index.placesEnd);
    this.#high = new Int32Array(index.placesEnd);
    this.#sceneScores = new Float64Array(index.scenesEnd);
    for (const [bit, term] of this.#terms.entries()) this.#addTerm(bit, term);
    for (const term of this.#terms) this.#addTermToScenes(term);
    for (const score of this.#sceneScores) this.#sceneBest = Math.max(this.#sceneBest, score);
  }

  /** Documents that hold a term. */
  get matched(): readonly number[] {
    return this.#matched;
  }

  /** BM25 of the document at a place as a share of what could be reached; 0 for nobody's place. */
  share(place: number): number {
    return place === noPlace ? 0 : (this.#scores[place] ?? 0) / this.scoreMax;
  }

  /** How much of the query, by the value of its terms, stands in any of these documents: 0 to 1. */
  coverage(...places: readonly number[]): number {
    let low = 0;
    let high = 0;
    for (const place of places) {
      if (place === noPlace) continue;
      low |= this.#low[place] ?? 0;
      high |= this.#high[place] ?? 0;
    }
    let covered = 0;
    for (let bit = 0; bit < this.#terms.length; bit += 1) {
      const isIn = bit < bitsPerMask ? low & (1 << bit) : high & (1 << (bit - bitsPerMask));
      if (isIn !== 0) covered += this.#terms[bit]?.value ?? 0;
    }
    return covered / this.#valueSum;
  }

  /** BM25 of a scene as a share of the best one's. */
  sceneShare(scene: number): number {
    return this.#sceneBest > 0 ? (this.#sceneScores[scene] ?? 0) / this.#sceneBest : 0;
  }

  /** Mean share of the three best documents of a scene. */
  sceneTop(scene: number): number {
    let top = this.#sceneTops.get(scene);
    if (top === undefined) {
      top = this.#findSceneTop(scene);
      this.#sceneTops.set(scene, top);
    }
    return top;
  }

  /** Up to `count` documents that match or stand near one that does and may be found: the best as far as words can tell. */
  candidates(count: number, mayBeFound: (place: number) => boolean = () => true): number[] {
    const rough = new Float64Array(this.#index.placesEnd);
    const near: number[] = [];
    const add = (place: number, score: number) => {
      if (place === noPlace || !mayBeFound(place)) return;
      if (rough[place] === 0) near.push(place);
      rough[place] = (rough[place] ?? 0) + score;
    };
    for (const place of this.#matched) {
      const score = this.#scores[place] ?? 0;
      const previous = this.#index.previous(place);
      const next = this.#index.next(place);
      add(place, score);
      add(previous, nearShare * score);
      add(next, nearShare * score);
      if (previous !== noPlace) add(this.#index.previous(previous), fartherShare * score);
      if (next !== noPlace) add(this.#index.next(next), fartherShare * score);
    }
    if (near.length <= count) return near;
    const threshold = nthLargest(rough, near, count);
    return near.filter((place) => (rough[place] ?? 0) >= threshold);
  }

  #addTerm(bit: number, { term, value }: WeightedTerm): void {
    const postings = this.#index.postings(term);
    if (!postings) return;
    const { places, frequencies } = postings;
    const { averageLength } = this.#index;
    const mask = bit < bitsPerMask ? this.#low : this.#high;
    const flag = 1 << (bit % bitsPerMask);
    for (let at = 0; at < places.length; at += 1) {
      const place = places[at] ?? 0;
      const frequency = frequencies[at] ?? 0;
      const norm = k1 * (1 - b + (b * this.#index.lengthAt(place)) / averageLength);
      if (this.#scores[place] === 0) this.#matched.push(place);
      this.#scores[place] = (this.#scores[place] ?? 0) + (value * frequency * (k1 + 1)) / (frequency + norm);
      mask[place] = (mask[place] ?? 0) | flag;
    }
  }

  #addTermToScenes({ term, weight }: WeightedTerm): void {
    const postings = this.#index.postings(term);
    if (!postings) return;
    const frequencies = new Map<number, number>();
    for (let at = 0; at < postings.places.length; at += 1) {
      const scene = this.#index.sceneAt(postings.places[at] ?? 0);
      frequencies.set(scene, (frequencies.get(scene) ?? 0) + (postings.frequencies[at] ?? 0));
    }
    const count = this.#index.sceneCount;
    const averageLength = (this.#index.averageLength * this.#index.size) / Math.max(1, count);
    const value = weight * rarity(count, frequencies.size);
    for (const [scene, frequency] of frequencies) {
      const norm = k1 * (1 - b + (b * this.#index.scene(scene).length) / averageLength);
      this.#sceneScores[scene] =
        (this.#sceneScores[scene] ?? 0) + (value * frequency * (k1 + 1)) / (frequency + norm);
    }
  }

  #findSceneTop(scene: number): number {
    let [first, second, third] = [0, 0, 0];
    for (const place of this.#index.scene(scene).places) {
      const share = this.share(place);
      if (share > first) [first, second, third] = [share, first, second];
      else if (share > second) [second, third] = [share, second];
      else if (share > third) third = share;
    }
    return (first + second + third) / 3;
  }
}

/** The terms that tell most, in an order that depends on them alone. */
function chooseTerms(index: MemoryIndex, terms: readonly QueryTerm[]): WeightedTerm[] {
  const commonMax = Math.max(commonFrom, index.size * commonShare);
  return terms
    .map((term) => ({ ...term, frequency: index.postings(term.term)?.places.length ?? 0 }))
    .filter(({ frequency }) => frequency <= commonMax)
    .map(({ term, weight, frequency }) => ({ term, weight, value: weight * rarity(index.size, frequency) }))
    .sort((x, y) => y.value - x.value || (x.term < y.term ? -1 : 1))
    .slice(0, queryTermsMax);
}

function rarity(count: number, frequency: number): number {
  return Math.log(1 + (count - frequency + 0.5) / (frequency + 0.5));
}

function sum(terms: readonly WeightedTerm[]): number {
  return terms.reduce((total, { value }) => total + value, 0);
}

function nthLargest(scores: Float64Array, places: readonly number[], count: number): number {
  const sorted = Float64Array.from(places, (place) => scores[place] ?? 0).sort();
  return sorted[sorted.length - count] ?? 0;
}
