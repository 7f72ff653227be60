export { getConfiguration } from './configuration.ts';
export {
  ConfigurationSnapshot,
  conversationCallbacksMax,
  overridableSettings,
  StatusCallbackInput,
} from './configuration.wire.ts';
export {
  type ChannelSetting,
  type ConfigurationSettings,
  type StatusCallback,
  toCallbacks,
} from './configuration-settings.ts';
