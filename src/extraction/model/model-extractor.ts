import { type LanguageModel, ModelError } from '../../models/index.ts';
import type { Log } from '../../runtime/log.ts';
import type { Extracted, ExtractionRequest, Extractor } from '../extractor.ts';
import { ExtractionAnswer, instructions, promptFor, promptVersion, toExtracted } from './prompt.ts';

/** Reads conversations with a language model, and with `fallback` when the model gives no answer. */
export function modelExtractor(model: LanguageModel, fallback: Extractor, log: Pick<Log, 'warn'>): Extractor {
  return {
    async extract(request): Promise<Extracted> {
      try {
        return await ask(model, request);
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        const { reason, status } = error;
        log.warn(
          { model: model.name, reason, status },
          'no answer from the language model; extracted by rules',
        );
        const extracted = await fallback.extract(request);
        return { ...extracted, by: { ...extracted.by, standsInFor: model.name } };
      }
    },
  };
}

async function ask(model: LanguageModel, request: ExtractionRequest): Promise<Extracted> {
  const answer = await model.generate({
    instructions,
    prompt: promptFor(request),
    schema: ExtractionAnswer,
    schemaName: 'conversation_memories',
    signal: request.signal,
  });
  return { ...toExtracted(answer, request), by: { name: model.name, version: promptVersion } };
}
