import { withinBudget } from './budget.ts';
import { isResult } from './clause.ts';
import { type Sketch, sketch, writeSketch } from './sketch.ts';
import { termsOf } from './terms.ts';
import type { Topic, TopicalClause } from './topic.ts';

/**
 * The clauses in as few words as note-takers use: each thing is said once for a topic, where what was agreed or taken counts
 * before what was wanted, and when there is more than there is room for, what says most stays.
 */
export function brief(clauses: readonly TopicalClause[], customerCharacters: number): TopicalClause[] {
  const sketches = withoutRepeats(clauses.map(sketch)).filter(({ phrases }) => phrases.length > 0);
  return withinBudget(sketches, customerCharacters).map(writeSketch);
}

function withoutRepeats(sketches: readonly Sketch[]): Sketch[] {
  const said = new Map<Topic, Set<string>>();
  const reduced = new Map<Sketch, Sketch>();
  for (const one of inOrderOfWeight(sketches)) {
    const { topic } = one.clause;
    const terms = said.get(topic) ?? new Set();
    said.set(topic, terms);
    if (one.clause.form === 'outcome' || one.clause.form === 'told') reduced.set(one, one);
    else reduced.set(one, { ...one, phrases: one.phrases.filter((phrase) => addsTo(terms, phrase)) });
  }
  return sketches.flatMap((one) => reduced.get(one) ?? []);
}

function inOrderOfWeight(sketches: readonly Sketch[]): Sketch[] {
  const weight = ({ clause }: Sketch) => (clause.form === 'agreed' ? 2 : isResult(clause) ? 1 : 0);
  return sketches.toSorted((a, b) => weight(b) - weight(a));
}

function addsTo(said: Set<string>, phrase: string): boolean {
  const terms = [...termsOf(phrase)];
  const isNew = terms.length === 0 || terms.some((term) => !said.has(term));
  for (const term of terms) said.add(term);
  return isNew;
}
