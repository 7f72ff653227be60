import type { GuardCategory } from '../../config/index.ts';
import { findApiKeys } from './api-key.ts';
import { findCards } from './card-number.ts';
import { type Finding, removed } from './category.ts';
import { findCredentials } from './credential.ts';
import { findNationalIds } from './national-id.ts';
import { specialCategoriesOf } from './special-category.ts';

/** What became of a text. */
export interface Guarded {
  /** What is left of it. */
  readonly text: string;
  /** A category for each thing that was left out. */
  readonly leftOut: readonly GuardCategory[];
}

/** Decides what of a text may be remembered. Pure: the same text, the same answer. */
export interface Guard {
  /** Categories that may be remembered. */
  readonly allowed: ReadonlySet<GuardCategory>;
  /**
   * The text without card numbers, national ids and credentials. For what extractors read: these serve nobody as memories,
   * and no provider sees them either.
   */
  mask(text: string): Guarded;
  /** What may be stored of a text: masked, and without the sentences that state something of a special category. */
  clean(text: string): Guarded;
}

/**
 * @example
 * const { text, leftOut } = createGuard().clean('Customer has asthma. Customer lives in Porto.');
 * // text: 'Customer lives in Porto.', leftOut: ['health']
 */
export function createGuard(allowed: Iterable<GuardCategory> = []): Guard {
  const isAllowed = new Set(allowed);
  const mask = (text: string) => {
    const findings = findSecrets(text).filter(({ category }) => !isAllowed.has(category));
    return { text: replaceAll(text, findings), leftOut: findings.map(({ category }) => category) };
  };
  const clean = (text: string) => {
    const masked = mask(text);
    const sentences = splitSentences(masked.text).map((sentence) => ({
      sentence,
      special: specialCategoriesOf(withSubject(sentence)).filter((category) => !isAllowed.has(category)),
    }));
    const kept = sentences.filter(({ sentence, special }) => special.length === 0 && !saysNothing(sentence));
    return {
      text:
        kept.length === sentences.length
          ? masked.text
          : kept
              .map(({ sentence }) => sentence)
              .join('')
              .trim(),
      leftOut: [...masked.leftOut, ...sentences.flatMap(({ special }) => special)],
    };
  };
  return { allowed: isAllowed, mask, clean };
}

/** What is found in the same place twice counts as the first, which is the one that starts before or reaches further. */
function findSecrets(text: string): Finding[] {
  const findings = [
    ...findCards(text),
    ...findApiKeys(text),
    ...findNationalIds(text),
    ...findCredentials(text),
  ];
  const inOrder = findings.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return inOrder.filter((finding) => {
    if (finding.start < end) return false;
    end = finding.end;
    return true;
  });
}

function replaceAll(text: string, findings: readonly Finding[]): string {
  let from = 0;
  let result = '';
  for (const { start, end, replacement } of findings) {
    result += text.slice(from, start) + replacement;
    from = end;
  }
  return result + text.slice(from);
}

/** "Customer lives in Porto; has asthma": what goes on in small letters is said of the customer. */
function withSubject(sentence: string): string {
  return /^\p{Ll}/u.test(sentence) ? `customer ${sentence}` : sentence;
}

/** Each with the space behind it. */
function splitSentences(text: string): string[] {
  return text.split(/(?<=[.!?;…][)"'”’]?\s+|[。！？；]|\n)/);
}

const nothingSaid = new RegExp(
  `^[^.!?]{0,60}?(?:\\bis|\\bare|\\bwas|:|=|\\bnumber|\\bcode|\\bpin|\\bpassword)\\s*["“']?${removed.replace(/[[\]]/g, '\\$&')}[\\s.!?;"”']*$`,
  'i',
);

/** "Customer's PIN is [removed]." */
function saysNothing(sentence: string): boolean {
  return nothingSaid.test(sentence);
}
