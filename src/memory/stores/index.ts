export { storeRoutes } from './store.routes.ts';
export { getActiveStore, getStore } from './store.ts';
export { StoreIdParameter, StorePath, storeIdPattern } from './store.wire.ts';
