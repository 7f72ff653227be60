import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What is used of the runtime; `onnxruntime-node` and `onnxruntime-web` have it alike. Neither has to be installed. */
interface OnnxRuntime {
  readonly InferenceSession: { create(path: string): Promise<OnnxSession> };
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => unknown;
}

interface OnnxSession {
  readonly inputNames: readonly string[];
  run(inputs: Record<string, unknown>): Promise<Record<string, OnnxOutput>>;
}

interface OnnxOutput {
  readonly data: unknown;
  readonly dims: readonly number[];
}

interface Tokenizer {
  encode(text: string): { readonly ids: readonly number[] };
}

interface TokenizerModule {
  readonly Tokenizer: new (tokenizer: object, config: object) => Tokenizer;
}

/** A model of a folder, ready to make vectors of texts. */
export interface OnnxModel {
  embed(texts: readonly string[]): Promise<number[][]>;
}

/** The native runtime is several times as fast; the other one needs nothing but JavaScript. */
const runtimes = ['onnxruntime-node', 'onnxruntime-web'];
const tokenizers = ['@huggingface/tokenizers'];
/** What a person is told who has not installed them. */
export const packagesNeeded =
  'a model of your own needs a runtime and a tokenizer: npm install onnxruntime-node @huggingface/tokenizers';

/** Tokens of a text that the model reads, unless its folder says that it reads fewer. */
const tokensMax = 512;
/** Outputs of models that pool by themselves. */
const pooledOutput = 'sentence_embedding';

/** Reads `model.onnx`, `tokenizer.json` and, where there is one, `tokenizer_config.json`. Throws what a person can mend. */
export async function loadOnnxModel(folder: string): Promise<OnnxModel> {
  // The packages have what is declared above.
  const { InferenceSession, Tensor } = (await importFirst(runtimes)) as OnnxRuntime;
  const { Tokenizer } = (await importFirst(tokenizers)) as TokenizerModule;
  const config = await readJson(join(folder, 'tokenizer_config.json')).catch(() => ({}));
  const tokenizer = new Tokenizer(await readJson(join(folder, 'tokenizer.json')), config);
  const session = await InferenceSession.create(join(folder, 'model.onnx'));
  const { model_max_length: lengthMax } = config as { model_max_length?: number };
  const idsMax = Math.min(tokensMax, lengthMax ?? tokensMax);
  return {
    async embed(texts) {
      const rows = texts.map((text) => shorten(tokenizer.encode(text).ids, idsMax));
      const batch = toBatch(rows);
      const tensor = (values: BigInt64Array) => new Tensor('int64', values, [rows.length, batch.width]);
      const inputs = session.inputNames.map((name) => [name, tensor(inputOf(name, batch))]);
      return toVectors(await session.run(Object.fromEntries(inputs)), batch);
    },
  };
}

/** The first of the packages that is installed. Names in variables: nothing asks for them at compile time. */
async function importFirst(names: readonly string[]): Promise<unknown> {
  for (const name of names) {
    try {
      const loaded = (await import(name)) as { default?: unknown };
      // The native runtime is CommonJS.
      return 'InferenceSession' in loaded || 'Tokenizer' in loaded ? loaded : loaded.default;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    }
  }
  throw new Error(packagesNeeded);
}

async function readJson(path: string): Promise<object> {
  return JSON.parse(await readFile(path, 'utf8')) as object;
}

/** Without the end of a long text, but with the mark that closes it. */
function shorten(ids: readonly number[], max: number): readonly number[] {
  return ids.length <= max ? ids : [...ids.slice(0, max - 1), ...ids.slice(-1)];
}

/** Texts as one table of tokens, each row filled up to the longest. */
interface Batch {
  readonly width: number;
  readonly ids: BigInt64Array;
  /** 1 for a token, 0 for filling. */
  readonly mask: BigInt64Array;
}

function toBatch(rows: readonly (readonly number[])[]): Batch {
  const width = Math.max(1, ...rows.map(({ length }) => length));
  const ids = new BigInt64Array(rows.length * width);
  const mask = new BigInt64Array(rows.length * width);
  for (const [row, tokens] of rows.entries()) {
    for (const [at, id] of tokens.entries()) {
      ids[row * width + at] = BigInt(id);
      mask[row * width + at] = 1n;
    }
  }
  return { width, ids, mask };
}

function inputOf(name: string, { ids, mask }: Batch): BigInt64Array {
  if (name === 'input_ids') return ids;
  if (name === 'attention_mask') return mask;
  if (name === 'token_type_ids') return new BigInt64Array(ids.length);
  throw new Error(`the model has an input ${name}, which models of sentences do not have`);
}

/** One vector for each text: what the model gives, or the mean of what it gives for the tokens of the text. */
function toVectors(outputs: Record<string, OnnxOutput>, batch: Batch): number[][] {
  const output = outputs[pooledOutput] ?? Object.values(outputs)[0];
  if (!(output?.data instanceof Float32Array))
    throw new Error('the model does not answer with 32-bit floats');
  const { data, dims } = output;
  const [count = 0, width = 0] = dims;
  const dimension = dims.at(-1) ?? 0;
  if (dims.length === 2)
    return Array.from({ length: count }, (_, row) => [
      ...data.subarray(row * dimension, (row + 1) * dimension),
    ]);
  if (dims.length !== 3 || width !== batch.width)
    throw new Error('the model answers with neither sentences nor tokens');
  return Array.from({ length: count }, (_, row) => meanOf(data, dimension, batch, row));
}

function meanOf(data: Float32Array, dimension: number, { mask, width }: Batch, row: number): number[] {
  const sum = new Array<number>(dimension).fill(0);
  let tokens = 0;
  for (let at = row * width; at < (row + 1) * width; at += 1) {
    if (mask[at] === 0n) continue;
    tokens += 1;
    for (let part = 0; part < dimension; part += 1) {
      sum[part] = (sum[part] ?? 0) + (data[at * dimension + part] ?? 0);
    }
  }
  return sum.map((value) => value / tokens);
}
