import type { EmbeddingsConfig } from '../config/index.ts';
import { ModelError } from './model-error.ts';
import { nameLocalModel, openLocalModel } from './providers/onnx-embeddings.ts';
import { openAiCompatibleEmbeddings } from './providers/openai-compatible-embeddings.ts';

/** Texts that are sent at once. */
export const embeddedAtOnceMax = 96;

/**
 * A model that says of texts what they mean, as vectors of length 1 whose dot product tells how near two meanings are.
 * Implementations keep nothing of a request.
 */
export interface Embedder {
  /** The model, as it is stored beside its vectors. */
  readonly name: string;
  /** One vector for each text, all of one dimension, now and later; throws a ModelError when there are none. */
  embed(texts: readonly string[], options: { signal: AbortSignal }): Promise<Float32Array[]>;
  /** Lets go of what the model holds; nothing may be embedded afterwards. */
  close?(): Promise<void>;
}

/** What a provider gives, before anything is checked. */
export type EmbedTexts = (
  texts: readonly string[],
  signal: AbortSignal,
) => Promise<readonly (readonly number[])[]>;

/** The name of the configured model, under which its vectors are stored. */
export async function nameEmbedder(config: EmbeddingsConfig): Promise<string> {
  return config.kind === 'endpoint' ? config.model : nameLocalModel(config);
}

/** The configured model: one behind an endpoint is not connected to until it is asked, a local one is loaded. */
export async function createEmbedder(config: EmbeddingsConfig): Promise<Embedder> {
  const name = await nameEmbedder(config);
  if (config.kind === 'endpoint') return checkedEmbedder(name, openAiCompatibleEmbeddings(config));
  const { embedTexts, close } = await openLocalModel(config);
  return { ...checkedEmbedder(name, embedTexts), close };
}

/** Sends texts in batches, and lets no vector through that search could not use. */
export function checkedEmbedder(name: string, embedTexts: EmbedTexts): Embedder {
  let dimension: number | undefined;
  return {
    name,
    async embed(texts, { signal }) {
      const vectors: Float32Array[] = [];
      for (let start = 0; start < texts.length; start += embeddedAtOnceMax) {
        const batch = texts.slice(start, start + embeddedAtOnceMax);
        const answer = await embedTexts(batch, signal);
        if (answer.length !== batch.length) throw new ModelError('malformed');
        vectors.push(...answer.map(normalize));
      }
      const expected = dimension ?? vectors[0]?.length;
      if (vectors.some(({ length }) => length !== expected)) throw new ModelError('malformed');
      dimension = expected;
      return vectors;
    },
  };
}

/** Refuses what has no direction: empty vectors, zeros, and what is no number. */
function normalize(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  if (!Number.isFinite(length) || length < Number.EPSILON) throw new ModelError('malformed');
  return Float32Array.from(values, (value) => value / length);
}
