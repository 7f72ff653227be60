import type { GuardCategory } from '../../config/index.ts';
import { criminalRecord } from './categories/criminal-record.ts';
import { ethnicity } from './categories/ethnicity.ts';
import { geneticBiometric } from './categories/genetic-biometric.ts';
import { health } from './categories/health.ts';
import { politics } from './categories/politics.ts';
import { religion } from './categories/religion.ts';
import { sexuality } from './categories/sexuality.ts';
import { unionMembership } from './categories/union-membership.ts';
import { anyOf, type Statement } from './statement.ts';

/** Special categories of personal data and criminal records (memory-semantics section 18), in English. */
const statements: readonly Statement[] = [
  health,
  ethnicity,
  politics,
  religion,
  unionMembership,
  sexuality,
  geneticBiometric,
  criminalRecord,
];

/** Whose statements a sentence can make: without a person in it, it says nothing of one. */
const person = anyOf(
  'i',
  "i['’]\\w+",
  'me',
  'my',
  'mine',
  'myself',
  'we',
  "we['’]\\w+",
  'our',
  'us',
  'he',
  'she',
  'they',
  "(?:he|she|they)['’]\\w+",
  'his',
  'hers?',
  'their',
  'them',
  'him',
  'customers?',
  'callers?',
  'wife',
  'husband',
  'spouse',
  'partner',
  'fianc[eé]e?',
  'boyfriend',
  'girlfriend',
  'son',
  'daughter',
  'kids?',
  'child',
  'children',
  'mother',
  'father',
  'mom',
  'mum',
  'dad',
  'parents?',
  'brother',
  'sister',
  'siblings?',
  'grand(?:mother|father|ma|pa|son|daughter)',
  'uncle',
  'aunt',
  'cousin',
  'nephew',
  'niece',
  'baby',
  'friend',
  'roommate',
  'colleague',
  'boss',
  'family',
  'employee',
  'patient',
  'tenant',
  'am',
);

/** The categories of which the sentence makes a statement about somebody. */
export function specialCategoriesOf(sentence: string): GuardCategory[] {
  if (!person.test(sentence)) return [];
  const found = statements.filter(({ says, except }) => {
    const text = sentence.replace(except, ' ');
    return says.some((pattern) => pattern.test(text));
  });
  return [...new Set(found.map(({ category }) => category))];
}
