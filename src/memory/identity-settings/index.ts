/** Identity resolution settings: which identifiers a store has and how they match. */
export { identitySettingsRoutes } from './identity-settings.routes.ts';
