import type { Turn } from '../extractor.ts';

/** A fact before it is written down, with the message that states it. */
export interface Clause {
  readonly form: ClauseForm;
  readonly text: string;
  readonly turn: Turn;
  /** A lasting fact about the person, worth an observation of its own. */
  readonly isPersonal?: boolean;
  /** Something that the customer wants. */
  readonly isRequest?: boolean;
  /** Came down to phrases without a verb: "from Porto to Faro". */
  readonly isVerbless?: boolean;
}

export type ClauseForm =
  /** Completes "Customer ...": "needs two tickets". */
  | 'predicate'
  /** A value with its name: "order ID: 4410". */
  | 'label'
  /** The same, of the person: "email: ines@example.com". */
  | 'detail'
  /** What an agent summed up and the customer confirmed. */
  | 'agreed'
  /** What an agent offered and the customer took. */
  | 'chosen'
  /** What an agent offered last, neither taken nor turned down. */
  | 'offered'
  /** What was done, or could not be. */
  | 'outcome'
  /** What an agent answered. */
  | 'told';

/** What came of it, rather than what the customer wanted or said. */
export function isResult({ form }: Clause): boolean {
  return form !== 'predicate' && form !== 'label' && form !== 'detail';
}
