/** Profiles: customers, whom their identifiers name, and how several become one. */
export { type ContactClaim, fillContact } from './contact.ts';
export { mergeRoutes, toWire as toMergeWire } from './merge.routes.ts';
export { listMovableIds } from './merge.store.ts';
export { profileRoutes } from './profile.routes.ts';
export { listMergedInto } from './profile.store.ts';
export {
  findDefinitions,
  getDefinitions,
  readTraits,
  type StoreDefinitions,
  type TraitWrite,
  upsertProfile,
} from './profile.ts';
export { upsertProfiles } from './profile-batch.ts';
export { lockIdentity, type Resolution, resolveIdentity, resolveProfile, type StoreRef } from './resolve.ts';
