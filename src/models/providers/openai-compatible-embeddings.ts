import type { EndpointEmbeddingsConfig } from '../../config/index.ts';
import type { EmbedTexts } from '../embedder.ts';
import { ModelError } from '../model-error.ts';
import { translate } from './openai-compatible.ts';

/** Characters of a text that are sent, so that a long one is not refused: some 2,000 tokens, what small models read. */
const textLengthMax = 8000;

/** Any endpoint that speaks the OpenAI embeddings protocol. One call a request. */
export function openAiCompatibleEmbeddings(config: EndpointEmbeddingsConfig): EmbedTexts {
  let loading: ReturnType<typeof loadVendor> | undefined;
  return async (texts, signal) => {
    loading ??= loadVendor(config);
    const vendor = await loading;
    try {
      const { embeddings } = await vendor.sdk.embedMany({
        model: vendor.model,
        values: texts.map((text) => text.slice(0, textLengthMax)),
        maxRetries: 0,
        abortSignal: signal,
      });
      return embeddings;
    } catch (error) {
      if (signal.aborted) throw new ModelError('cancelled');
      throw translate(vendor, error);
    }
  };
}

/** The SDK takes a tenth of a second to load, which a server that asks no model does not spend. */
async function loadVendor({ baseUrl, model, apiKey }: EndpointEmbeddingsConfig) {
  const [sdk, { createOpenAICompatible }] = await Promise.all([
    import('ai'),
    import('@ai-sdk/openai-compatible'),
  ]);
  const provider = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: baseUrl,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  return { sdk, model: provider.embeddingModel(model) };
}
