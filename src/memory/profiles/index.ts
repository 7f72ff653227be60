/** Profiles: customers, whom their identifiers name, and how several become one. */
export { profileRoutes } from './profile.routes.ts';
export { resolveProfile } from './resolve.ts';
