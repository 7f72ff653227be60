import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writeOnnxModel } from '../../../tests/support/onnx-model.ts';
import { temporaryFolder } from '../../../tests/support/temporary-folder.ts';
import { createEmbedder, nameEmbedder } from '../embedder.ts';

const { signal } = new AbortController();
const words = { red: [3, 0], car: [0, 4], tea: [5, 12] };

function folderWith(vectors = words): string {
  const folder = temporaryFolder();
  writeOnnxModel(folder, vectors);
  return folder;
}

async function open(folder: string) {
  const embedder = await createEmbedder({ kind: 'local', folder, timeoutMs: 500 });
  onTestFinished(() => embedder.close?.());
  return embedder;
}

function closeTo(...values: number[]) {
  return values.map((value) => expect.closeTo(value, 6));
}

describe('a model of a folder', () => {
  it('gives the mean of the tokens of a text, of length 1, whatever is asked with it', async () => {
    const embedder = await open(folderWith());
    const texts = ['Red car', 'tea', 'red car red', ...new Array<string>(10).fill('tea red')];
    const vectors = (await embedder.embed(texts, { signal })).map((vector) => [...vector]);
    expect(vectors[0]).toEqual(closeTo(3 / 5, 4 / 5));
    expect(vectors[1]).toEqual(closeTo(5 / 13, 12 / 13));
    expect(vectors[2]).toEqual(closeTo(6 / Math.hypot(6, 4), 4 / Math.hypot(6, 4)));
    expect(vectors.slice(3)).toEqual(
      new Array(10).fill(closeTo(8 / Math.hypot(8, 12), 12 / Math.hypot(8, 12))),
    );
  });

  it('reads as much of a long text as its folder says', async () => {
    const folder = folderWith();
    writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ model_max_length: 4 }));
    const embedder = await open(folder);
    const [vector = []] = await embedder.embed(['red car tea tea tea'], { signal });
    expect([...vector]).toEqual(closeTo(3 / 5, 4 / 5));
  });

  it('answers nothing to a caller who has gone, and goes on answering others', async () => {
    const embedder = await open(folderWith());
    const gone = AbortSignal.abort();
    await expect(embedder.embed(['red'], { signal: gone })).rejects.toMatchObject({ reason: 'cancelled' });
    expect(await embedder.embed(['red'], { signal })).toEqual([Float32Array.of(1, 0)]);
  });

  it('has a name that a model of other files has not', async () => {
    const nameOf = (folder: string) => nameEmbedder({ kind: 'local', folder, timeoutMs: 500 });
    const name = await nameOf(folderWith());
    expect(await nameOf(folderWith())).toBe(name);
    expect(await nameOf(folderWith({ ...words, tea: [5, 13] }))).not.toBe(name);
  });

  it.each([
    'model.onnx',
    'tokenizer.json',
  ])('is refused without %s, by the name of the file', async (file) => {
    const folder = folderWith();
    rmSync(join(folder, file));
    await expect(open(folder)).rejects.toThrow(new RegExp(`^RAPPORT_EMBEDDINGS_LOCAL_DIR: .*${file}`));
  });

  it('is refused when it is none', async () => {
    const folder = folderWith();
    writeFileSync(join(folder, 'model.onnx'), 'something else');
    await expect(open(folder)).rejects.toThrow(/^RAPPORT_EMBEDDINGS_LOCAL_DIR: /);
  });
});
