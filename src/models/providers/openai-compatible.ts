import type { LanguageModelUsage, LanguageModel as VendorModel } from 'ai';
import type { LanguageModelConfig } from '../../config/index.ts';
import type { GenerateRequest, LanguageModel } from '../language-model.ts';
import { ModelError } from '../model-error.ts';

/** Characters of instructions and prompt together; some 50,000 tokens. */
const requestLengthMax = 200_000;
/** Time for one call. */
const defaultTimeoutMs = 60_000;
/** Statuses that mean "not now". */
const busyStatuses: readonly number[] = [408, 409, 425, 429];

export type ChatEndpoint = Pick<LanguageModelConfig, 'baseUrl' | 'model' | 'apiKey'>;

export interface OpenAiCompatibleOptions {
  readonly timeoutMs?: number;
}

/**
 * Any endpoint that speaks the OpenAI chat completions protocol with a JSON schema as response format: hosted ones, vLLM,
 * llama.cpp, Ollama, LM Studio. One call a request; retries are the business of the layer above.
 */
export function openAiCompatibleModel(
  config: ChatEndpoint,
  { timeoutMs = defaultTimeoutMs }: OpenAiCompatibleOptions = {},
): LanguageModel {
  let loading: Promise<Vendor> | undefined;
  return {
    name: `openai-compatible/${config.model}`,
    async generate(request) {
      if (request.instructions.length + request.prompt.length > requestLengthMax) {
        throw new ModelError('too-long');
      }
      loading ??= loadVendor(config);
      const vendor = await loading;
      const timeout = AbortSignal.timeout(timeoutMs);
      try {
        return await ask(vendor, request, AbortSignal.any([request.signal, timeout]));
      } catch (error) {
        if (request.signal.aborted) throw new ModelError('cancelled');
        if (timeout.aborted) throw new ModelError('timeout');
        throw translate(vendor, error);
      }
    },
  };
}

interface Vendor {
  readonly sdk: typeof import('ai');
  readonly check: typeof import('typebox/value').Check;
  readonly model: Exclude<VendorModel, string>;
}

/** The SDK takes a tenth of a second to load, which a server that asks no model does not spend. */
async function loadVendor({ baseUrl, model, apiKey }: ChatEndpoint): Promise<Vendor> {
  const [sdk, { createOpenAICompatible }, { Check: check }] = await Promise.all([
    import('ai'),
    import('@ai-sdk/openai-compatible'),
    import('typebox/value'),
  ]);
  const provider = createOpenAICompatible({
    name: 'openai-compatible',
    baseURL: baseUrl,
    supportsStructuredOutputs: true,
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  return { sdk, check, model: provider(model) };
}

async function ask(
  { sdk, check, model }: Vendor,
  { instructions, prompt, schema, schemaName, onUsage }: GenerateRequest,
  signal: AbortSignal,
): Promise<unknown> {
  const { output, usage } = await sdk
    .generateText({
      model,
      instructions,
      prompt,
      output: sdk.Output.object({ schema: sdk.jsonSchema(schema), name: schemaName }),
      temperature: 0,
      maxRetries: 0,
      abortSignal: signal,
    })
    .catch((error: unknown) => {
      if (sdk.NoObjectGeneratedError.isInstance(error)) report(error.usage, onUsage);
      throw error;
    });
  report(usage, onUsage);
  // Endpoints differ in how far they hold a model to its schema, and the SDK takes a plain JSON schema on trust.
  if (!check(schema, output)) throw new ModelError('malformed');
  return output;
}

function report(usage: LanguageModelUsage | undefined, onUsage: GenerateRequest['onUsage']): void {
  if (usage?.inputTokens === undefined) return;
  onUsage?.({ input: usage.inputTokens, output: usage.outputTokens ?? 0 });
}

/** What the SDK throws, without what it repeats of the request. */
export function translate({ sdk }: Pick<Vendor, 'sdk'>, error: unknown): ModelError {
  if (error instanceof ModelError) return error;
  if (!sdk.APICallError.isInstance(error)) {
    return new ModelError(sdk.AISDKError.isInstance(error) ? 'malformed' : 'unreachable');
  }
  const { statusCode: status } = error;
  if (status === undefined) return new ModelError('unreachable');
  if (status < 300) return new ModelError('malformed', status); // an answer that is no chat completion
  if (status >= 500) return new ModelError('failed', status);
  return new ModelError(busyStatuses.includes(status) ? 'busy' : 'refused', status);
}
