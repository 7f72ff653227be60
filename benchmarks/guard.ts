import { type GuardCategory, guardCategories } from '../src/config/index.ts';
import { createGuard } from '../src/extraction/guard/index.ts';
import { heldOutSentences } from './guard/held-out-sentences.ts';
import { knownSentences } from './guard/known-sentences.ts';
import type { Sensitive, SentenceSet } from './guard/sentence.ts';
import { describeMachine } from './support/machine.ts';

/**
 * How much of what must not be remembered the guard takes out, and how much else: on the sentences on which its rules were worked
 * out, and on sentences that were written afterwards without looking at the rules.
 */
export async function run(): Promise<unknown> {
  return {
    benchmark: 'guard',
    machine: describeMachine(),
    known: measure(knownSentences),
    heldOut: measure(heldOutSentences),
    charactersPerMs: speed(),
  };
}

const guard = createGuard();

function measure({ sensitive, innocent }: SentenceSet): Record<string, unknown> {
  const missed = sensitive.filter((sentence) => !isCaught(sentence));
  const touched = innocent.filter((text) => guard.clean(text).text !== text);
  return {
    sensitive: sensitive.length,
    caughtPercent: percent(sensitive.length - missed.length, sensitive.length),
    innocent: innocent.length,
    touchedPercent: percent(touched.length, innocent.length),
    caughtByCategory: Object.fromEntries(
      guardCategories.map((category) => [category, ofCategory(sensitive, category)]),
    ),
    missed: missed.map(({ text }) => text),
    touched,
  };
}

function isCaught({ text, gone }: Sensitive): boolean {
  const kept = guard.clean(text).text;
  return gone === undefined ? kept === '' : !kept.includes(gone);
}

function ofCategory(sensitive: readonly Sensitive[], category: GuardCategory): string {
  const sentences = sensitive.filter((sentence) => sentence.category === category);
  return `${sentences.filter(isCaught).length} of ${sentences.length}`;
}

function percent(part: number, of: number): number {
  return Math.round((1000 * part) / of) / 10;
}

const rounds = 200;

/** Of messages such as the sentences, one at a time. */
function speed(): number {
  const texts = [...knownSentences.innocent, ...knownSentences.sensitive.map(({ text }) => text)];
  const characters = rounds * texts.reduce((sum, { length }) => sum + length, 0);
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round += 1) for (const text of texts) guard.clean(text);
  return Math.round(characters / (performance.now() - startedAt));
}
