export {
  getIdentitySettings,
  type IdentifierConfig,
  type IdentitySettings,
  provisionIdentitySettings,
} from './identity-settings.ts';
export { identifierLengthMax, normalize } from './normalize.ts';
