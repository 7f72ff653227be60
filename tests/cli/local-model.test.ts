import { describe, expect, it } from 'vitest';
import { rapport } from '../support/cli.ts';
import { writeOnnxModel } from '../support/onnx-model.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A module hook, as a module: packages whose names begin like this are not installed. */
function without(...names: string[]): string {
  const hook = `import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) {
      if (${JSON.stringify(names)}.some((other) => name.startsWith(other)))
        throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    } });`;
  return `--import=data:text/javascript,${encodeURIComponent(hook)}`;
}

function environment(): Record<string, string> {
  const folder = temporaryFolder();
  writeOnnxModel(folder, { tea: [1, 0] });
  return { RAPPORT_DATA_DIR: temporaryFolder(), PORT: '0', RAPPORT_EMBEDDINGS_LOCAL_DIR: folder };
}

describe('a server with a model of its own', () => {
  it.each([
    ['onnxruntime'],
    ['@huggingface'],
  ])('says at the start what to install when there is no %s', async (missing) => {
    const { exitCode, stderr } = await rapport(['serve'], {
      ...environment(),
      NODE_OPTIONS: without(missing),
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('RAPPORT_EMBEDDINGS_LOCAL_DIR: ');
    expect(stderr).toContain('npm install onnxruntime-node @huggingface/tokenizers');
  });

  it('says at the start which file is missing', async () => {
    const env = { ...environment(), RAPPORT_EMBEDDINGS_LOCAL_DIR: temporaryFolder() };
    const { exitCode, stderr } = await rapport(['serve'], env);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('tokenizer.json');
  });
});
