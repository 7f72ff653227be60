import { type Clause, isResult } from './clause.ts';
import { isFigure, isNamed, termsOf } from './terms.ts';

/** What a clause says, as far as it can be compared. */
interface Weighed {
  readonly clause: Clause;
  readonly terms: ReadonlySet<string>;
}

/** Share of the terms of a clause that others must say, for it to be left out. */
const coveredShare = 0.6;

/**
 * Without the clauses that say no more than others do: requests that name nothing, what a later summary of the agent repeats,
 * and what was said twice. Among equals the earliest stays, except that results stay rather than wishes.
 */
export function withoutCovered(clauses: readonly Clause[]): Clause[] {
  const weighed: Weighed[] = clauses.map((clause) => ({ clause, terms: termsOf(clause.text) }));
  const said = new TermCounts(weighed.filter(isSource));
  const dropped = new Set<Weighed>();
  for (const one of [
    ...weighed.filter(isWish).toReversed(),
    ...weighed.filter((one) => !isWish(one)).toReversed(),
  ]) {
    if (isFixed(one)) continue;
    if (isSource(one)) said.remove(one.terms);
    if (isCovered(one, said)) dropped.add(one);
    else if (isSource(one)) said.add(one.terms);
  }
  return weighed.filter((one) => !dropped.has(one)).map(({ clause }) => clause);
}

const isWish = ({ clause }: Weighed) => !isResult(clause);
/** A refund that was refused is still worth noting as a wish. */
const isSource = ({ clause: { form } }: Weighed) => form !== 'outcome' && form !== 'told';

/** How many clauses say each term. */
class TermCounts {
  readonly #counts = new Map<string, number>();

  constructor(weighed: readonly Weighed[]) {
    for (const { terms } of weighed) this.add(terms);
  }

  has(term: string): boolean {
    return (this.#counts.get(term) ?? 0) > 0;
  }

  add(terms: ReadonlySet<string>): void {
    for (const term of terms) this.#counts.set(term, (this.#counts.get(term) ?? 0) + 1);
  }

  remove(terms: ReadonlySet<string>): void {
    for (const term of terms) this.#counts.set(term, (this.#counts.get(term) ?? 0) - 1);
  }
}

/** Details of the person are told apart by their labels, outcomes by their verbs. */
function isFixed({ clause }: Weighed): boolean {
  return clause.form === 'detail' || clause.form === 'outcome' || clause.isPersonal === true;
}

function isCovered({ clause, terms }: Weighed, said: TermCounts): boolean {
  if (terms.size === 0) return clause.form !== 'label';
  const missing = [...terms].filter((term) => !said.has(term));
  if (missing.some((term) => isFigure(term) || isNamed(term, clause.text))) return false;
  return missing.length <= terms.size * (1 - coveredShare);
}
