export { findConfigurationStamp, listAllConfigurations } from './configuration.store.ts';
export { getConfiguration } from './configuration.ts';
export {
  ConfigurationSnapshot,
  conversationCallbacksMax,
  overridableSettings,
  StatusCallbackInput,
} from './configuration.wire.ts';
export {
  type CaptureRule,
  type ChannelSetting,
  type Configuration,
  type ConfigurationSettings,
  type StatusCallback,
  toCallbacks,
} from './configuration-settings.ts';
