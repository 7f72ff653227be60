/** The door of the memory room (Memory API v1). */
export { storeRoutes } from './stores/index.ts';
