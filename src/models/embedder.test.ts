import { describe, expect, it } from 'vitest';
import { checkedEmbedder, embeddedAtOnceMax } from './embedder.ts';

const signal = new AbortController().signal;

describe('an embedder', () => {
  it('makes every vector one of length 1', async () => {
    const embedder = checkedEmbedder('small', async () => [[3, 4]]);
    const [vector] = await embedder.embed(['text'], { signal });
    expect(vector).toEqual(Float32Array.of(0.6, 0.8));
  });

  it('sends many texts in batches and answers in their order', async () => {
    const sizes: number[] = [];
    const embedder = checkedEmbedder('small', async (texts) => {
      sizes.push(texts.length);
      return texts.map((text) => (text === 'last' ? [0, 1] : [1, 0]));
    });
    const texts = [...new Array<string>(embeddedAtOnceMax).fill('first'), 'last'];
    const vectors = await embedder.embed(texts, { signal });
    expect(sizes).toEqual([embeddedAtOnceMax, 1]);
    expect(vectors.at(-1)).toEqual(Float32Array.of(0, 1));
  });

  it.each([
    ['zeros', [[0, 0]]],
    ['what is no number', [[Number.NaN, 1]]],
    ['an empty vector', [[]]],
    ['fewer vectors than texts', []],
  ])('refuses %s', async (_, answer) => {
    const embedder = checkedEmbedder('small', async () => answer);
    await expect(embedder.embed(['text'], { signal })).rejects.toMatchObject({ reason: 'malformed' });
  });

  it('refuses another dimension than before', async () => {
    const embedder = checkedEmbedder('small', async ([text]) => [text === 'long' ? [1, 0, 0] : [1, 0]]);
    await embedder.embed(['short'], { signal });
    await expect(embedder.embed(['long'], { signal })).rejects.toMatchObject({ reason: 'malformed' });
  });
});
