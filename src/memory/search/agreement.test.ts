import { describe, expect, it } from 'vitest';
import { samplePairs, toTrust } from './agreement.ts';
import { toDocument } from './document.ts';
import { MemoryIndex } from './memory-index.ts';

const dimension = 48;

/** A generator whose numbers, -1 to 1, depend on the seed alone. */
function randomFrom(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}

/** Three hundred memories of six words each, out of two hundred. */
function indexWith(seed: number, vectorOf: (words: readonly number[]) => Float32Array): MemoryIndex {
  const random = randomFrom(seed);
  const index = new MemoryIndex();
  for (let at = 0; at < 300; at += 1) {
    const words = Array.from({ length: 6 }, () => Math.floor(((random() + 1) / 2) * 200));
    const id = `m${at}`;
    const text = words.map((word) => `word${word}`).join(' ');
    index.put(toDocument({ id, text, occurredAt: at, createdAt: at, conversationIds: [] }));
    index.putVector(id, vectorOf(words));
  }
  return index;
}

function normalized(values: Float32Array): Float32Array {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

describe('trust in vectors', () => {
  it('is nothing where they are noise, whatever the noise', () => {
    for (let seed = 1; seed <= 40; seed += 1) {
      const random = randomFrom(seed + 1000);
      const index = indexWith(seed, () => normalized(new Float32Array(dimension).map(random)));
      expect(toTrust(samplePairs(index))).toBe(0);
    }
  });

  it('is full where they agree with words', () => {
    const index = indexWith(1, (words) => {
      const sum = new Float32Array(dimension);
      for (const word of words) {
        const random = randomFrom(word + 5000);
        for (let at = 0; at < dimension; at += 1) sum[at] = (sum[at] ?? 0) + random();
      }
      return normalized(sum);
    });
    expect(toTrust(samplePairs(index))).toBe(1);
  });

  it('is nothing while there is little to compare', () => {
    expect(toTrust(samplePairs(new MemoryIndex()))).toBe(0);
  });
});
