import { type MemoryIndex, noPlace } from './memory-index.ts';
import { nthLargest } from './nth-largest.ts';

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
/** Of a share that was not worked out yet; shares are at least 0. */
const unknown = -1;

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
  /** By place. */
  readonly #scores: Float64Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;
  readonly #matched: number[] = [];
  /** By number of the scene. */
  readonly #sceneScores: Float64Array;
  readonly #sceneTops: Float64Array;
  readonly #sceneBest: number;

  constructor(index: MemoryIndex, terms: readonly QueryTerm[]) {
    this.#index = index;
    this.#terms = chooseTerms(index, terms);
    this.#valueSum = sum(this.#terms) || 1;
    this.scoreMax = sum(this.#terms.filter(({ term }) => index.has(term))) * (k1 + 1) || 1;
    this.#scores = new Float64Array(index.placesEnd);
    this.#low = new Int32Array(index.placesEnd);
    this.#high = new Int32Array(this.#terms.length > bitsPerMask ? index.placesEnd : 0);
    this.#sceneScores = new Float64Array(index.scenesEnd);
    this.#sceneTops = new Float64Array(index.scenesEnd).fill(unknown);
    for (const [bit, term] of this.#terms.entries()) this.#addTerm(bit, term);
    for (const term of this.#terms) this.#addTermToScenes(term);
    this.#sceneBest = this.#sceneScores.reduce((best, score) => Math.max(best, score), 0);
  }

  /** BM25 of the document at a place as a share of what could be reached; 0 for nobody's place. */
  share(place: number): number {
    return place === noPlace ? 0 : (this.#scores[place] ?? 0) / this.scoreMax;
  }

  /** How much of the query, by the value of its terms, stands in either of two documents: 0 to 1. */
  coverage(place: number, other = noPlace): number {
    // Nobody's place has no bits.
    const low = (this.#low[place] ?? 0) | (this.#low[other] ?? 0);
    const high = (this.#high[place] ?? 0) | (this.#high[other] ?? 0);
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
    const known = this.#sceneTops[scene] ?? 0;
    if (known !== unknown) return known;
    const top = this.#findSceneTop(scene);
    this.#sceneTops[scene] = top;
    return top;
  }

  /** Up to `count` documents that match or stand near one that does and may be found: the best as far as words can tell. */
  candidates(count: number, mayBeFound?: (place: number) => boolean): number[] {
    const rough = new Float64Array(this.#index.placesEnd);
    const reached = this.#spread(rough);
    const near = mayBeFound ? reached.filter(mayBeFound) : reached;
    if (near.length <= count) return near;
    // A loop: from() with a function takes ten times as long, which is felt with ten thousand memories.
    const scores = new Float64Array(near.length);
    for (let at = 0; at < near.length; at += 1) scores[at] = rough[near[at] ?? 0] ?? 0;
    const threshold = nthLargest(scores, count);
    return near.filter((place) => (rough[place] ?? 0) >= threshold);
  }

  /** Gives each match's score to itself and, in part, to the two on either side; answers who got some. */
  #spread(rough: Float64Array): number[] {
    const { previous, next } = this.#index;
    const reached: number[] = [];
    const add = (place: number, score: number) => {
      const before = rough[place] ?? 0;
      if (before === 0) reached.push(place);
      rough[place] = before + score;
    };
    for (const place of this.#matched) {
      const score = this.#scores[place] ?? 0;
      add(place, score);
      const before = previous[place] ?? noPlace;
      const after = next[place] ?? noPlace;
      if (before !== noPlace) add(before, nearShare * score);
      if (after !== noPlace) add(after, nearShare * score);
      const twoBefore = before === noPlace ? noPlace : (previous[before] ?? noPlace);
      const twoAfter = after === noPlace ? noPlace : (next[after] ?? noPlace);
      if (twoBefore !== noPlace) add(twoBefore, fartherShare * score);
      if (twoAfter !== noPlace) add(twoAfter, fartherShare * score);
    }
    return reached;
  }

  #addTerm(bit: number, { term, value }: WeightedTerm): void {
    const postings = this.#index.postings(term);
    if (!postings) return;
    const { places, frequencies } = postings;
    const { averageLength, lengths } = this.#index;
    const scores = this.#scores;
    const mask = bit < bitsPerMask ? this.#low : this.#high;
    const flag = 1 << (bit % bitsPerMask);
    for (let at = 0; at < places.length; at += 1) {
      const place = places[at] ?? 0;
      const frequency = frequencies[at] ?? 0;
      const norm = k1 * (1 - b + (b * (lengths[place] ?? 0)) / averageLength);
      const before = scores[place] ?? 0;
      if (before === 0) this.#matched.push(place);
      scores[place] = before + (value * frequency * (k1 + 1)) / (frequency + norm);
      mask[place] = (mask[place] ?? 0) | flag;
    }
  }

  #addTermToScenes({ term, weight }: WeightedTerm): void {
    const postings = this.#index.postings(term);
    if (!postings) return;
    const { sceneOf, sceneCount } = this.#index;
    const frequencies = new Int32Array(this.#index.scenesEnd);
    const scenes: number[] = [];
    for (let at = 0; at < postings.places.length; at += 1) {
      const scene = sceneOf[postings.places[at] ?? 0] ?? 0;
      if (frequencies[scene] === 0) scenes.push(scene);
      frequencies[scene] = (frequencies[scene] ?? 0) + (postings.frequencies[at] ?? 0);
    }
    const averageLength = (this.#index.averageLength * this.#index.size) / Math.max(1, sceneCount);
    const value = weight * rarity(sceneCount, scenes.length);
    for (const scene of scenes) {
      const frequency = frequencies[scene] ?? 0;
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
