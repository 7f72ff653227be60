import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Each word with its vector, as a model's table of tokens holds it. All of one dimension. */
export type WordVectors = Readonly<Record<string, readonly number[]>>;

const marks = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];

/**
 * Writes `model.onnx` and `tokenizer.json` of a model that answers with each token's own vector. The marks around a text have
 * the vector of zeros; what fills a short text up to the longest has one that would spoil any mean that it was part of.
 */
export function writeOnnxModel(folder: string, words: WordVectors): void {
  const dimension = Object.values(words)[0]?.length ?? 0;
  const filling = new Array<number>(dimension).fill(1000);
  const zeros = new Array<number>(dimension).fill(0);
  const rows = [filling, zeros, zeros, zeros, ...Object.values(words)];
  writeFileSync(join(folder, 'model.onnx'), toModel(rows));
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(toTokenizer(Object.keys(words))));
}

function toTokenizer(words: readonly string[]): object {
  const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  return {
    version: '1.0',
    added_tokens: marks.map((content, id) => ({ id, content, special: true, normalized: false })),
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
      pair: [],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((id) => [id, { id, ids: [marks.indexOf(id)], tokens: [id] }]),
      ),
    },
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries([...marks, ...words].map((word, id) => [word, id])),
    },
  };
}

/** The numbers of the ONNX format (onnx.proto3) that are used here. */
const [float, int64] = [1, 7];

/** last_hidden_state = Gather(words, input_ids) */
function toModel(rows: readonly (readonly number[])[]): Uint8Array {
  const dimension = rows[0]?.length ?? 0;
  const node = message([1, 'words'], [1, 'input_ids'], [2, 'last_hidden_state'], [4, 'Gather']);
  const numbers = new Uint8Array(Float32Array.from(rows.flat()).buffer);
  const table = message([1, rows.length], [1, dimension], [2, float], [8, 'words'], [9, numbers]);
  const tokens = ['texts', 'tokens'];
  const graph = message(
    [1, node],
    [2, 'sentences'],
    [5, table],
    [11, valueInfo('input_ids', int64, tokens)],
    [11, valueInfo('attention_mask', int64, tokens)],
    [12, valueInfo('last_hidden_state', float, [...tokens, dimension])],
  );
  return message([1, 8], [7, graph], [8, message([2, 13])]);
}

function valueInfo(name: string, type: number, dims: readonly (string | number)[]): Uint8Array {
  const shape = message(
    ...dims.map((dim): Field => [1, message(typeof dim === 'number' ? [1, dim] : [2, dim])]),
  );
  return message([1, name], [2, message([1, message([1, type], [2, shape])])]);
}

/** A field of a protobuf message: its number, and a number, a text or bytes. */
type Field = readonly [number: number, value: number | string | Uint8Array];

function message(...fields: readonly Field[]): Uint8Array {
  return Buffer.concat(fields.map(toBytes));
}

function toBytes([number, value]: Field): Uint8Array {
  if (typeof value === 'number') return Buffer.concat([varint(number << 3), varint(value)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}
