export type { ProfileMentions } from './profile-mentions.ts';
export { eraseStore } from './store.jobs.ts';
export { storeRoutes } from './store.routes.ts';
export { removeStoreRow } from './store.store.ts';
export { findActiveStore, getActiveStore, getStore, isKnownStore } from './store.ts';
export { StoreIdParameter, StorePath, storeIdPattern } from './store.wire.ts';
