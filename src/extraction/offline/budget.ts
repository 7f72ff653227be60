import { isAside } from './aside.ts';
import type { Clause } from './clause.ts';
import type { Sketch } from './sketch.ts';
import { isDated, isFigure, isNamed, termsOf } from './terms.ts';
import type { Topic } from './topic.ts';

/** Notes are shorter than what they note: their share of the characters that the customer wrote. */
const shareOfSaid = 0.64;
/** Characters that are always there, for what agents say to customers of few words. */
const charactersMin = 225;
/** As many as the observations of a conversation can hold. */
const charactersMax = 12_000;
/** Phrases that are weighed against each other. */
const candidatesMax = 2000;
/** Characters that joins around a clause, and that an observation adds. */
const clauseFrame = 5;

/** A phrase that waits for its place. */
interface Candidate {
  readonly sketch: Sketch;
  readonly phrase: string;
  readonly weights: readonly (readonly [term: string, weight: number])[];
}

/**
 * The sketches with the phrases that say most in the room there is, all in their order. Who the customer is, and what was done
 * in the end, always have their place.
 */
export function withinBudget(sketches: readonly Sketch[], customerCharacters: number): Sketch[] {
  const choice = new Choice(
    Math.min(charactersMax, Math.max(charactersMin, customerCharacters * shareOfSaid)),
  );
  const heads = headsOf(sketches);
  const candidates: Candidate[] = [];
  for (const sketch of sketches) {
    for (const phrase of sketch.phrases) {
      const candidate = toCandidate(sketch, phrase);
      if (sketch.clause.form === 'outcome') choice.give(candidate);
      else if (isFixed(sketch) || (phrase === sketch.phrases[0] && heads.has(sketch))) choice.take(candidate);
      else candidates.push(candidate);
    }
  }
  const waiting = new Set(mostDense(candidates));
  for (let best = choice.best(waiting); best && !choice.isFull; best = choice.best(waiting)) {
    waiting.delete(best);
    if (choice.hasRoomFor(best)) choice.take(best);
  }
  return sketches.map((one) => choice.reduce(one)).filter(({ phrases }) => phrases.length > 0);
}

/** Of very long conversations, the phrases that say most by themselves. */
function mostDense(candidates: readonly Candidate[]): Candidate[] {
  const density = ({ phrase, weights }: Candidate) =>
    weights.reduce((sum, [, weight]) => sum + weight, 0) / phrase.length;
  return candidates.toSorted((a, b) => density(b) - density(a)).slice(0, candidatesMax);
}

class Choice {
  readonly #taken = new Map<Sketch, Set<string>>();
  readonly #said = new Set<string>();
  #room: number;

  constructor(room: number) {
    this.#room = room;
  }

  get isFull(): boolean {
    return this.#room < clauseFrame;
  }

  best(waiting: ReadonlySet<Candidate>): Candidate | undefined {
    let best: Candidate | undefined;
    let most = densityMin;
    for (const candidate of waiting) {
      const density = this.#gainOf(candidate) / this.#costOf(candidate);
      if (density > most) {
        most = density;
        best = candidate;
      }
    }
    return best;
  }

  hasRoomFor(candidate: Candidate): boolean {
    return this.#costOf(candidate) <= this.#room;
  }

  /** Takes what needs no room. */
  give(candidate: Candidate): void {
    this.#room += this.#costOf(candidate);
    this.take(candidate);
  }

  take({ sketch, phrase, weights }: Candidate): void {
    this.#room -= this.#costOf({ sketch, phrase, weights });
    const phrases = this.#taken.get(sketch) ?? new Set();
    this.#taken.set(sketch, phrases.add(phrase));
    for (const [term] of weights) this.#said.add(term);
  }

  reduce(sketch: Sketch): Sketch {
    const taken = this.#taken.get(sketch);
    return { ...sketch, phrases: sketch.phrases.filter((phrase) => taken?.has(phrase)) };
  }

  #gainOf({ weights }: Candidate): number {
    return weights.reduce((sum, [term, weight]) => sum + (this.#said.has(term) ? 0 : weight), 0);
  }

  #costOf({ sketch, phrase }: Candidate): number {
    return phrase.length + 1 + (this.#taken.has(sketch) ? 0 : clauseFrame);
  }
}

/** What names, figures and dates weigh against other words; the figures of what was only offered weigh little. */
const specificWeight = 2;
const offeredWeight = 0.5;
/** The price of what was not bought is soon another one. */
const priceWeight = 0.2;
const money = /[$€£]\s?\d/;
/** What customers say besides, unless it is about something that went wrong. */
const asideWeight = 0.4;
/** Weight of a character below which words are not worth their place. */
const densityMin = 0.045;
function toCandidate(sketch: Sketch, phrase: string): Candidate {
  const weights = [...termsOf(phrase)].map((term) => [term, weightOf(term, phrase, sketch.clause)] as const);
  return { sketch, phrase, weights };
}

function weightOf(term: string, phrase: string, clause: Clause): number {
  if (isOffer(clause) && money.test(phrase)) return priceWeight;
  if (isFigure(term)) return isOffer(clause) && !isDated(phrase) ? offeredWeight : specificWeight;
  if (isNamed(term, ` ${phrase}`)) return specificWeight;
  if (isAside(clause)) return asideWeight;
  return isOffer(clause) ? offeredWeight : 1;
}

function isOffer({ form }: Clause): boolean {
  return form === 'chosen' || form === 'offered' || form === 'told';
}

function isFixed({ clause }: Sketch): boolean {
  return (
    clause.form === 'detail' ||
    clause.form === 'outcome' ||
    clause.isPersonal === true ||
    (clause.form === 'label' && identifier.test(clause.text))
  );
}

/** Numbers of orders, accounts and cases, and addresses: what a colleague looks up. */
const identifier = /: (?=\S*\d{4})\S+$|@/;

/** The first request about each topic, which says what the rest is about. */
function headsOf(sketches: readonly Sketch[]): Set<Sketch> {
  const heads = new Map<Topic, Sketch>();
  for (const sketch of sketches) {
    const { topic, isRequest } = sketch.clause;
    if (isRequest && topic.name !== '' && !heads.has(topic)) heads.set(topic, sketch);
  }
  return new Set(heads.values());
}
