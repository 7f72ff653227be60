export {
  type CaptureConfig,
  type Config,
  ConfigError,
  type EmbeddingsConfig,
  type EndpointEmbeddingsConfig,
  type ExtractionConfig,
  type LanguageModelConfig,
  type Limits,
  type LocalEmbeddingsConfig,
  loadConfig,
  type SenderConfig,
  type TwilioConfig,
} from './config.ts';
export type { ContactTraits } from './contact-traits.ts';
export { type GuardCategory, guardCategories } from './guard-categories.ts';
export { flagOf, type Setting, type SettingName, settings } from './settings.ts';
