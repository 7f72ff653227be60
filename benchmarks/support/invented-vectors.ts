import { seededChance } from './invented-dialogue.ts';

/** Numbers of a vector. */
export const dimension = 384;
const known = new Map<string, Float64Array>();

/** Texts with the same words are near each other: the sum of a vector for each word, the same on every machine. */
export function embedWords(text: string): number[] {
  const sum = new Array<number>(dimension).fill(0);
  for (const word of text.toLowerCase().match(/[a-z0-9]+/g) ?? []) {
    for (const [at, value] of vectorOf(word).entries()) sum[at] = (sum[at] ?? 0) + value;
  }
  return sum;
}

function vectorOf(word: string): Float64Array {
  let vector = known.get(word);
  if (!vector) {
    const chance = seededChance(hashOf(word));
    for (let discarded = 0; discarded < 4; discarded += 1) chance();
    vector = Float64Array.from({ length: dimension }, () => chance() - 0.5);
    known.set(word, vector);
  }
  return vector;
}

function hashOf(word: string): number {
  let hash = 1;
  for (const letter of word) hash = (hash * 31 + letter.charCodeAt(0)) % 2_147_483_647;
  return hash;
}
