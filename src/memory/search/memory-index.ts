import type { SearchDocument } from './document.ts';
import type { Language } from './language.ts';
import { PlaceNumbers } from './place-numbers.ts';
import { VectorSet } from './vector-set.ts';

/** Where a term stands: the places of its documents, and how often in each. */
interface Postings {
  readonly places: number[];
  readonly frequencies: number[];
}

/** Documents of one conversation, or of one moment where no conversation is known, in the order of their ids. */
interface Scene {
  readonly number: number;
  readonly places: number[];
  /** Terms in all of them. */
  length: number;
}

/** Nobody's place. */
export const noPlace = -1;

/** Sizes in bytes, for the bound on what is kept in memory, fitted to what V8 takes for one to three thousand documents. */
const bytesPerIndex = 3000;
const bytesPerDocument = 1100;
const bytesPerPosting = 32;
const bytesPerTerm = 200;

/** From so many terms on they are kept sorted out by their first letter. */
const sortedFromTerms = 500;

/**
 * The memories of one kind of one profile as search sees them. Documents have places, small numbers that stay theirs until
 * they go. What is asked of an index is the same whatever the order in which it was filled.
 */
export class MemoryIndex {
  /** Vectors of some of the documents, by place. */
  readonly vectors = new VectorSet();
  readonly #documents: (SearchDocument | undefined)[] = [];
  readonly #placeOf = new Map<string, number>();
  readonly #postings = new Map<string, Postings>();
  /** All of many terms, sorted out when somebody asks; forgotten when there is another term, or one less. */
  #byInitial: Map<string, string[]> | undefined;
  readonly #speakers = new Map<string, number>();
  readonly #languages = new Map<Language, number>();
  readonly #scenes = new Map<string, Scene>();
  readonly #sceneByNumber: (Scene | undefined)[] = [];
  /** By place: the number of its scene, its length, and its neighbours in the scene. */
  readonly #sceneOf = new PlaceNumbers();
  readonly #lengths = new PlaceNumbers();
  readonly #previous = new PlaceNumbers();
  readonly #next = new PlaceNumbers();
  #terms = 0;
  #postingCount = 0;

  get size(): number {
    return this.#placeOf.size;
  }

  /** Places are below this. */
  get placesEnd(): number {
    return this.#documents.length;
  }

  get averageLength(): number {
    return this.#terms / Math.max(1, this.size);
  }

  /** What it takes in memory, roughly. */
  get bytes(): number {
    return (
      bytesPerIndex +
      this.#documents.length * bytesPerDocument +
      this.#postingCount * bytesPerPosting +
      this.#postings.size * bytesPerTerm +
      this.vectors.bytes
    );
  }

  /** Adds a document, in place of the one with the same id. */
  put(document: SearchDocument): void {
    this.remove(document.id);
    const place = this.#documents.length;
    this.#documents.push(document);
    this.#lengths.push(document.length);
    this.#previous.push(noPlace);
    this.#next.push(noPlace);
    this.#placeOf.set(document.id, place);
    this.#terms += document.length;
    for (const [term, frequency] of document.terms) this.#addPosting(term, place, frequency);
    this.#countSpeaker(document, 1);
    this.#countLanguage(document, 1);
    this.#enterScene(document, place);
  }

  remove(id: string): void {
    const place = this.#placeOf.get(id);
    const document = place === undefined ? undefined : this.#documents[place];
    if (place === undefined || !document) return;
    this.#placeOf.delete(id);
    this.vectors.remove(place);
    this.#documents[place] = undefined;
    this.#terms -= document.length;
    for (const term of document.terms.keys()) this.#removePosting(term, place);
    this.#countSpeaker(document, -1);
    this.#countLanguage(document, -1);
    this.#leaveScene(document, place);
  }

  /** Gives the document a vector, in place of an earlier one; without the document nothing happens. */
  putVector(id: string, vector: Float32Array): void {
    const place = this.#placeOf.get(id);
    if (place !== undefined) this.vectors.put(place, vector);
  }

  /** Undefined when there is no such document. */
  placeOf(id: string): number | undefined {
    return this.#placeOf.get(id);
  }

  document(place: number): SearchDocument {
    const document = this.#documents[place];
    if (!document) throw new Error('no document has this place');
    return document;
  }

  has(term: string): boolean {
    return this.#postings.has(term);
  }

  /** Terms of the whole index, in no particular order. */
  vocabulary(): Iterable<string> {
    return this.#postings.keys();
  }

  /** Those that begin with this letter. */
  termsFrom(initial: string): readonly string[] {
    const terms = this.#postings;
    if (terms.size < sortedFromTerms) return [...terms.keys()].filter((term) => term.startsWith(initial));
    this.#byInitial ??= Map.groupBy(terms.keys(), (term) => term.charAt(0));
    return this.#byInitial.get(initial) ?? [];
  }

  postings(term: string): Readonly<Postings> | undefined {
    return this.#postings.get(term);
  }

  /** Languages of the documents, the most frequent first. */
  languages(): Language[] {
    return [...this.#languages]
      .sort(([a, ofA], [b, ofB]) => ofB - ofA || (a < b ? -1 : 1))
      .map(([language]) => language);
  }

  /** Everybody who says something in a document. */
  speakers(): Iterable<string> {
    return this.#speakers.keys();
  }

  /** By place: terms in the document. Like the arrays below not to be kept: a document more may move them. */
  get lengths(): Int32Array {
    return this.#lengths.values;
  }

  /** By place: the turn before it in its dialogue; `noPlace` when there is none, and for what nobody is said to have said. */
  get previous(): Int32Array {
    return this.#previous.values;
  }

  /** By place: the turn after it, in the same way. */
  get next(): Int32Array {
    return this.#next.values;
  }

  /** By place: the number of its scene, below `scenesEnd`. */
  get sceneOf(): Int32Array {
    return this.#sceneOf.values;
  }

  get scenesEnd(): number {
    return this.#sceneByNumber.length;
  }

  get sceneCount(): number {
    return this.#scenes.size;
  }

  scene(number: number): Readonly<Pick<Scene, 'places' | 'length'>> {
    return this.#sceneByNumber[number] ?? { places: [], length: 0 };
  }

  #addPosting(term: string, place: number, frequency: number): void {
    const postings = this.#postings.get(term);
    if (!postings) {
      // Most terms stand in one document; an array that is empty at first makes room for seventeen.
      this.#postings.set(term, { places: [place], frequencies: [frequency] });
      this.#byInitial = undefined;
    } else {
      postings.places.push(place);
      postings.frequencies.push(frequency);
    }
    this.#postingCount += 1;
  }

  #removePosting(term: string, place: number): void {
    const postings = this.#postings.get(term);
    const at = postings?.places.indexOf(place) ?? -1;
    if (!postings || at < 0) return;
    postings.places.splice(at, 1);
    postings.frequencies.splice(at, 1);
    this.#postingCount -= 1;
    if (postings.places.length > 0) return;
    this.#postings.delete(term);
    this.#byInitial = undefined;
  }

  #countLanguage({ language }: SearchDocument, change: 1 | -1): void {
    const count = (this.#languages.get(language) ?? 0) + change;
    if (count > 0) this.#languages.set(language, count);
    else this.#languages.delete(language);
  }

  #countSpeaker({ speaker }: SearchDocument, change: 1 | -1): void {
    if (speaker === '') return;
    const count = (this.#speakers.get(speaker) ?? 0) + change;
    if (count > 0) this.#speakers.set(speaker, count);
    else this.#speakers.delete(speaker);
  }

  #enterScene({ scene: name, id, length }: SearchDocument, place: number): void {
    const scene = this.#scenes.get(name) ?? this.#addScene(name);
    scene.length += length;
    // Nearly always the newest, at the end.
    let at = scene.places.length;
    while (at > 0 && this.document(scene.places[at - 1] ?? noPlace).id > id) at -= 1;
    scene.places.splice(at, 0, place);
    this.#sceneOf.push(scene.number);
    this.#link(scene.places[at - 1] ?? noPlace, place);
    this.#link(place, scene.places[at + 1] ?? noPlace);
  }

  #addScene(name: string): Scene {
    const scene: Scene = { number: this.#sceneByNumber.length, places: [], length: 0 };
    this.#scenes.set(name, scene);
    this.#sceneByNumber.push(scene);
    return scene;
  }

  #leaveScene({ scene: name, length }: SearchDocument, place: number): void {
    const scene = this.#scenes.get(name);
    if (!scene) return;
    scene.length -= length;
    const at = scene.places.indexOf(place);
    scene.places.splice(at, 1);
    this.#link(scene.places[at - 1] ?? noPlace, scene.places[at] ?? noPlace);
    if (scene.places.length > 0) return;
    this.#scenes.delete(name);
    this.#sceneByNumber[scene.number] = undefined;
  }

  /** Turns of a dialogue are neighbours; facts that were noted one after the other need not have to do with each other. */
  #link(place: number, next: number): void {
    const areTurns = this.#isTurn(place) && this.#isTurn(next);
    if (place !== noPlace) this.#next.set(place, areTurns ? next : noPlace);
    if (next !== noPlace) this.#previous.set(next, areTurns ? place : noPlace);
  }

  #isTurn(place: number): boolean {
    return place !== noPlace && this.document(place).speaker !== '';
  }
}
