/** The door of the models room: language models behind one small interface. No other room knows a vendor. */

export { createLanguageModel } from './create-language-model.ts';
export { createEmbedder, type Embedder, nameEmbedder } from './embedder.ts';
export type { GenerateRequest, LanguageModel, TokenUsage } from './language-model.ts';
export { ModelError, type ModelErrorReason } from './model-error.ts';
