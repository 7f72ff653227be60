/** Trait groups: which traits the profiles of a store may have. */
export { traitGroupRoutes } from './trait-group.routes.ts';
