import type { GuardCategory } from '../../config/index.ts';
import { beliefStatements } from './beliefs.ts';
import { healthStatements } from './health.ts';
import { personalStatements } from './personal.ts';
import type { Statement } from './statement.ts';

/** Special categories of personal data and criminal records (memory-semantics section 18), in English. */
const statements: readonly Statement[] = [...healthStatements, ...beliefStatements, ...personalStatements];

/** Whose statements a sentence can make: without a person in it, it says nothing of one. */
const person =
  /\b(?:i|i['’]\w+|me|my|mine|myself|we|we['’]\w+|our|us|he|she|they|(?:he|she|they)['’]\w+|his|hers?|their|them|him|customers?|callers?|wife|husband|spouse|partner|fianc[eé]e?|boyfriend|girlfriend|son|daughter|kids?|child|children|mother|father|mom|mum|dad|parents?|brother|sister|siblings?|grand(?:mother|father|ma|pa|son|daughter)|uncle|aunt|cousin|nephew|niece|baby|friend|roommate|colleague|boss|family|employee|patient|tenant|am)\b/i;

/** The categories of which the sentence makes a statement about somebody. */
export function specialCategoriesOf(sentence: string): GuardCategory[] {
  if (!person.test(sentence)) return [];
  const found = statements.filter(({ says, except }) => {
    const text = except ? sentence.replace(except, ' ') : sentence;
    return says.some((pattern) => pattern.test(text));
  });
  return [...new Set(found.map(({ category }) => category))];
}
