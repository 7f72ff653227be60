export {
  type CaptureConfig,
  type Config,
  ConfigError,
  type EmbeddingsConfig,
  type LanguageModelConfig,
  type Limits,
  loadConfig,
  type SenderConfig,
  type TwilioConfig,
} from './config.ts';
export { flagOf, type Setting, type SettingName, settings } from './settings.ts';
