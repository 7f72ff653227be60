/** Identifier values of a profile. */
export { identifierRoutes } from './identifier.routes.ts';
