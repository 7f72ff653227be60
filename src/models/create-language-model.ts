import type { Log } from '../runtime/log.ts';
import type { LanguageModel } from './language-model.ts';
import { type ChatEndpoint, openAiCompatibleModel } from './providers/openai-compatible.ts';
import { withRetries } from './retry.ts';

/** The configured model, with bounded retries. Connects to nothing until it is asked. */
export function createLanguageModel(config: ChatEndpoint, log: Log): LanguageModel {
  return withRetries(openAiCompatibleModel(config), { log });
}
